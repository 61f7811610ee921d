#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/restorer.hpp>

#include "restore/backup_choice.hpp"
#include "state/restore_journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// Hands a verified backup to the PBX's own restore. We cannot look inside it: from "begun" to "ended" the host counts
/// as mixed, and the way out is to run it again.
Result<RestoreReport> restore_by_program(const StateDir& state, RestoreJournal& journal, const OpenBackup& backup,
                                         const RestoreOptions& options, Observer* observer, const Context& context);

/// A PROGRAM that began and did not end is run again: with the same backup, or, if it failed on that one, with the one
/// that was good before.
Result<Recovered> recover_program(const StateDir& state, RestoreJournal& journal, Observer* observer,
                                  const Context& context);

/// Runs it with the backup of the generation before. kind not_found when there is none.
Result<RestoreReport> roll_back_program(const StateDir& state, RestoreJournal& journal, const RestoreHooks& hooks,
                                        const Context& context);

}  // namespace failover
