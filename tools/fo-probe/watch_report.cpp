#include "fo-probe/watch_report.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "fo-probe/probe_json.hpp"

namespace failover::cli {

namespace {

// In a watch of more targets people are told of the verdict only when it is another one, not of every count in it.
constexpr std::size_t few_targets = 20;

}  // namespace

void WatchReport::watching(const WatchPlan& plan) {
  targets_ = plan.targets.size();
}

void WatchReport::checked(const Observation& observation, bool is_reference) {
  output_.object("check", check_fields(observation, is_reference));
  if (output_.json()) return;
  output_.note(Level::info, fmt::format("{}{} {}: {}", is_reference ? "reference " : "", observation.target.text,
                                        to_string(observation.health), observation.detail));
}

void WatchReport::state_changed(const Target& target, TargetState from, TargetState to, std::string_view reason) {
  output_.object("state", state_fields(target, from, to, reason));
  output_.print(fmt::format("{}: {} -> {}: {}", target.text, to_string(from), to_string(to), reason));
}

void WatchReport::verdict_changed(const Verdict& verdict) {
  output_.object("verdict", verdict_fields(verdict));
  const auto before = std::exchange(health_, to_string(verdict.health));
  if (before == health_ && targets_ > few_targets) return;
  output_.print(fmt::format("verdict {}: {}", health_, verdict.reason));
}

}  // namespace failover::cli
