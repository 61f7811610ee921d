#include "fo-probe/watch_report.hpp"

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "fo-probe/metrics_file.hpp"
#include "fo-probe/probe_json.hpp"
#include "fo-probe/systemd_notify.hpp"

namespace failover::cli {

void WatchReport::watching(const WatchPlan&) {}

void WatchReport::checked(const Observation& observation, bool is_reference) {
  output_.object("check", check_fields(observation, is_reference));
  if (!output_.json()) {
    output_.note(Level::info, fmt::format("{}{} {}: {}", is_reference ? "reference " : "", observation.target.text,
                                          to_string(observation.health), observation.detail));
  }
  if (metrics_) metrics_->add(observation);
}

void WatchReport::state_changed(const Target& target, TargetState from, TargetState to, std::string_view reason) {
  output_.object("state", state_fields(target, from, to, reason));
  output_.print(fmt::format("{}: {} -> {}: {}", target.text, to_string(from), to_string(to), reason));
}

void WatchReport::verdict_changed(const Verdict& verdict) {
  output_.object("verdict", verdict_fields(verdict));
  output_.print(fmt::format("verdict {}: {}", to_string(verdict.health), verdict.reason));
  systemd_notify(fmt::format("STATUS=verdict {}: {}", to_string(verdict.health), verdict.reason));
  if (metrics_) metrics_->set(verdict);
  write_metrics();
}

void WatchReport::alive() {
  systemd_notify("WATCHDOG=1");
  write_metrics();
}

void WatchReport::write_metrics() {
  if (!metrics_) return;
  if (auto written = metrics_->write(); !written) output_.note(Level::warning, written.error().message);
}

}  // namespace failover::cli
