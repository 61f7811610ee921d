#include "fetch/choose.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "core/clock.hpp"

namespace failover {

namespace {

constexpr std::chrono::minutes clock_tolerance{5};

std::string first_trouble(std::span<const FetchCandidate> candidates) {
  for (const auto& candidate : candidates) {
    if (candidate.state == ArchiveState::incomplete) return candidate.object.name + ": " + candidate.why;
  }
  return candidates.front().object.name + ": " + candidates.front().why;
}

}  // namespace

Result<Choice> choose_newest(std::span<const FetchCandidate> candidates, std::string_view source) {
  if (candidates.empty()) {
    return fail(ErrorKind::not_found,
                fmt::format("there is no backup at {}; look with --list, and at the path", source));
  }
  Choice choice;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto& candidate = candidates[i];
    if (candidate.state == ArchiveState::complete) {
      choice.index = i;
      choice.reasons.push_back(fmt::format("{} of {} is the newest complete backup of {} there", candidate.object.name,
                                           rfc3339(candidate.backup_time()), candidates.size()));
      return choice;
    }
    const auto skipped = fmt::format("{} of {} was passed over: {}", candidate.object.name,
                                     rfc3339(candidate.object.modified), candidate.why);
    // Other files may lie there too; a backup that is newer but not whole needs a look.
    (candidate.state == ArchiveState::foreign ? choice.reasons : choice.warnings).push_back(skipped);
  }
  return fail(ErrorKind::integrity, fmt::format("there is no complete backup at {} ({}); make a new one on the PBX, or "
                                                "name another with a path or glob",
                                                source, first_trouble(candidates)));
}

std::vector<std::string> age_warnings(const FetchCandidate& candidate, Duration max_age, WallTime now) {
  std::vector<std::string> warnings;
  const auto age = now - candidate.backup_time();
  if (age > max_age) {
    warnings.push_back(fmt::format("{} is {} old, more than the {} of --max-age; see why the PBX makes no newer backup",
                                   candidate.object.name, human_duration(age), human_duration(max_age)));
  }
  if (candidate.backup_time() > now + clock_tolerance) {
    warnings.push_back(fmt::format("{} is {} in the future; compare the clocks of this host and of the store",
                                   candidate.object.name, human_duration(-age)));
  }
  return warnings;
}

}  // namespace failover
