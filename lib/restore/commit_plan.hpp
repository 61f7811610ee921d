#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "restore/dress.hpp"
#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "restore/slots.hpp"
#include "restore/survey.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_plan_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// Fills in the identities, asks beforehand for what applying needs, and flushes the slots.
Result<void> prepare_acts(const LiveTree& tree, const Slots& slots, const Survey& survey, const Wardrobe& wardrobe,
                          DraftPlan& plan);

/// Writes the plan file of the open run and commits it. Looks at deadline and stop request one last time before.
Result<RestorePlanFile> commit_plan(const StateDir& state, RestoreJournal& journal, const LiveTree& tree,
                                    const Slots& slots, const DraftPlan& plan, const Context& context);

}  // namespace failover
