#pragma once

#include <optional>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "restore/slots.hpp"
#include "restore/survey.hpp"

namespace failover {

/// What files that come are dressed by.
struct Wardrobe {
  const std::vector<ArchiveEntry>* entries = nullptr;  ///< nullptr for a rollback: undo copies are dressed already
  std::optional<Ownership> owner;                      ///< instead of the directory's
};

/// Makes the staged files ready to take their places and fills in every identity of the plan: a replaced file keeps the
/// live file's owner, mode, ACL and extended attributes; a new one gets its directory's owner. None gets a set-id bit
/// or capabilities: nobody has said that a backup's content may run with those. Directories that come get the owner and
/// mode of the nearest one above that is there.
Result<void> dress(const LiveTree& tree, const Slots& slots, const Survey& survey, const Wardrobe& wardrobe,
                   DraftPlan& plan);

}  // namespace failover
