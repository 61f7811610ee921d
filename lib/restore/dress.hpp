#pragma once

#include <vector>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "restore/slots.hpp"
#include "restore/survey.hpp"

namespace failover {

/// Makes the staged files ready to take their places and fills in every identity of the plan: a replaced file keeps the
/// live file's owner, mode, ACL and extended attributes; a new one gets its directory's owner and never a set-id bit.
/// Directories that come get the owner and mode of the nearest one above that is there.
/// @param entries nullptr for a rollback: undo copies are already dressed
Result<void> dress(const LiveTree& tree, const Slots& slots, const Survey& survey,
                   const std::vector<ArchiveEntry>* entries, DraftPlan& plan);

}  // namespace failover
