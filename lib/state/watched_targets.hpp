#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// An unbroken row of checks that found the same.
struct WatchedRow {
  std::string health;  ///< up, down, unknown
  WallTime since;      ///< its first check
  WallTime until;      ///< its last one
  Duration every{};    ///< how far apart such rows are written down at most
};

/// By target_identity().
using WatchedTargets = std::map<std::string, WatchedRow, std::less<>>;

/// STATE/probe/watched: since when the targets and references of this host's watches are as they are. It is evidence
/// for people; nothing is decided by it. An absent file holds nothing; a file of a newer format is an error of kind
/// unfinished, a damaged one of kind integrity.
Result<WatchedTargets> read_watched_targets(const StateDir& state);

/// Several watches may share the file: what others wrote of other targets stays, unless it is older than a day.
Result<void> write_watched_targets(const StateDir& state, const WatchedTargets& own, WallTime now);

/// Whether somebody was still looking a moment ago, so that the row has no gap up to now. Pure.
bool unbroken(const WatchedRow& row, WallTime now) noexcept;

/// From when on a target has been as it is seen now; none when the watch last found something else, or nobody has
/// watched it up to now. Pure.
std::optional<WallTime> seen_since(const WatchedTargets& watched, std::string_view target, const Result<Health>& health,
                                   WallTime now);

}  // namespace failover
