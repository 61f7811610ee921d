#pragma once

#include <cstdint>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// How one run of fo-fetch ended.
struct FetchRun {
  bool failed = false;
  std::uint64_t fetched_bytes = 0;
  WallTime backup_time;  ///< of what it brought or found, unless it failed
  std::uint64_t size = 0;
  WallTime ended;
};

/// Adds a run to what STATE/fetch/counters remembers of a source, durably. Runs at the same time wait for each other,
/// a few seconds at most.
Result<FetchCounters> count_fetch_run(const StateDir& state, const std::string& source, const FetchRun& run,
                                      const Context& context);

}  // namespace failover
