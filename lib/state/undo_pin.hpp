#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// Keeps the undo copies of one restore until a person lets go of them, however many nights follow.
/// STATE/restore/pinned, format 1; set by fo-promote rejoin and demote, for the first restore over a host that has
/// served holds what was not in any backup; removed by fo-restore --drop-undo.
struct UndoPin {
  std::uint64_t after = 0;  ///< number of the last run when it was set: the first restore behind it is meant
  std::string reason;       ///< a clause
  WallTime since;           ///< whole seconds
};

/// None = nothing is pinned. A damaged file is kind integrity, never "nothing".
Result<std::optional<UndoPin>> read_undo_pin(const StateDir& state);
/// Pins the next restore, unless something is pinned already: what was pinned first is what must not get lost.
Result<void> pin_next_undo(const StateDir& state, const std::string& reason);
Result<void> remove_undo_pin(const StateDir& state);

}  // namespace failover
