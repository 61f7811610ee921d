#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/role.hpp>

#include "core/clock.hpp"
#include "state/drill_journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

constexpr Duration usual_age = std::chrono::days(7);

}  // namespace

std::optional<std::string> drill_warning(const Result<std::vector<DrillRecord>>& drills,
                                         std::optional<Duration> max_age, WallTime now) {
  if (!drills) return drills.error().message;
  if (drills->empty() && !max_age) return std::nullopt;
  const auto newest_first = std::views::reverse(*drills);
  const auto good = std::ranges::find_if(newest_first, &DrillRecord::good);
  if (good == newest_first.end()) {
    return drills->empty() ? "no drill was ever made here" : "no drill was ever good: " + drills->back().said;
  }
  const auto limit = max_age.value_or(usual_age);
  if (now - good->when > limit) {
    return fmt::format("the last good drill was {} ago, more than {}", human_duration(now - good->when),
                       human_duration(limit));
  }
  if (!drills->back().good) return "the last drill failed: " + drills->back().said;
  return std::nullopt;
}

Result<std::vector<DrillRecord>> read_drills(const std::filesystem::path& state_dir) {
  return DrillJournal::read(StateDir::at(state_dir));
}

}  // namespace failover
