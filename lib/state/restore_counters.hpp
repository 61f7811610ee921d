#pragma once

#include <cstdint>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// How one run of fo-restore ended.
struct CountedRestore {
  bool failed = false;
  std::uint64_t acts = 0;   ///< unless it failed
  std::uint64_t bytes = 0;  ///< that it wrote
  WallTime ended;
};

/// Adds a run to what STATE/restore/counters remembers, durably. Runs at the same time wait for each other, a few
/// seconds at most.
Result<RestoreCounters> count_restore(const StateDir& state, const CountedRestore& run, const Context& context);

}  // namespace failover
