#include "fo-probe/watch_systemd.hpp"

#include <chrono>

#include <fmt/format.h>

#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/printable.hpp"
#include "fo-probe/systemd_notify.hpp"

namespace failover::cli {

void WatchSystemd::watching(const WatchPlan& plan) {
  systemd_notify(fmt::format("STATUS=watching {} targets, {} references", plan.targets.size(), plan.references.size()));
}

void WatchSystemd::verdict_changed(const Verdict& verdict) {
  systemd_notify(fmt::format("STATUS=verdict {}: {}", to_string(verdict.health), printable(verdict.reason)));
}

void WatchSystemd::alive() {
  systemd_notify("WATCHDOG=1");
}

void systemd_reloading() noexcept {
  using std::chrono::microseconds;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  systemd_notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", std::chrono::duration_cast<microseconds>(now).count()));
}

void systemd_ready() noexcept {
  systemd_notify("READY=1");
}

}  // namespace failover::cli
