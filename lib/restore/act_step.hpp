#pragma once

#include "state/restore_plan_file.hpp"

namespace failover {

/// What lies at a path, seen by an act's identities.
enum class Seen { absent, new_file, old_file, other_file, directory, something_else };

enum class Direction { forward, backward };

enum class ActStep {
  nothing,           ///< it is done
  exchange,          ///< live and slot change places
  slot_to_live,      ///< rename, only if nothing is there
  live_to_slot,      ///< the same the other way
  make_directory,    ///< also to give an existing one its owner and mode
  remove_directory,  ///< only if empty; one that is not stays
  conflict,          ///< somebody else was here: nothing more is touched
};

/// Pure, and the whole of recovery: from what is seen now, whatever happened before. Doing the step and asking again
/// always gives `nothing`.
ActStep next_step(ActKind kind, Direction direction, Seen live, Seen slot) noexcept;

}  // namespace failover
