#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

namespace failover {

struct Choice {
  std::size_t index = 0;
  std::vector<std::string> reasons;
  std::vector<std::string> warnings;
};

/// The newest complete one. Pure.
/// @param candidates newest first
/// @param source for messages
/// @return not_found: there is nothing; integrity: nothing there is a complete archive.
Result<Choice> choose_newest(std::span<const FetchCandidate> candidates, std::string_view source);

/// A sentence when the backup is older than `max_age` at `now`, or from the future. Pure.
std::vector<std::string> age_warnings(const FetchCandidate& candidate, Duration max_age, WallTime now);

}  // namespace failover
