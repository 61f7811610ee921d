#pragma once

#include <failover/context.hpp>

#include "state/restore_journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// Removes what no run needs any more: slots, plans and manifests of other generations than the one that is applied
/// now and those before it, as many as the last restore's keep_undo says; what is pinned stays. Called when no run is
/// open. What cannot be removed is a note and no error: the next run tries again.
void sweep(const StateDir& state, const RestoreJournal& journal, const Context& context);

}  // namespace failover
