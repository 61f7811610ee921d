#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "state/restore_journal.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// Exchanges the current generation back, as a transaction of its own over the same slots. kind not_found when its
/// undo copies are gone. No run is open.
Result<RestoreReport> roll_back_tree(const StateDir& state, RestoreJournal& journal, const RestoredGeneration& current,
                                     const RestoreHooks& hooks, const Context& context);

}  // namespace failover
