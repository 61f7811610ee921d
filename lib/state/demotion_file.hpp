#pragma once

#include <cstdint>
#include <optional>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// A demotion that has begun and is not at its end. STATE/promote/demoting, format 1; there from before the first
/// service is stopped until this host has left the record or serves again.
struct OpenDemotion {
  std::uint64_t epoch = 0;  ///< of the host that stops; one of another epoch is of no meaning any more
  WallTime since;           ///< whole seconds
};

/// None = none is open. A damaged file is kind integrity, never "none".
Result<std::optional<OpenDemotion>> read_open_demotion(const StateDir& state);
Result<void> open_demotion(const StateDir& state, std::uint64_t epoch);
Result<void> close_demotion(const StateDir& state);

}  // namespace failover
