#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/restorer.hpp>

#include "restore/backup_choice.hpp"
#include "state/restore_journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// What restore_tree() would do now; changes nothing.
Result<RestorePlan> plan_tree(const StateDir& state, const OpenBackup& backup, const RestoreOptions& options,
                              const Context& context);

/// Restores a verified backup into its target as one transaction. No run
/// is open.
Result<RestoreReport> restore_tree(const StateDir& state, RestoreJournal& journal, const OpenBackup& backup,
                                   const RestoreOptions& options, Observer* observer, const Context& context);

}  // namespace failover
