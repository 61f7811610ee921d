#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "restore/backup_choice.hpp"

namespace failover {

/// Looks into those entries of an open backup that say what is in it.
Result<BackupContents> inspect_backup(const OpenBackup& backup, const Context& context);

/// The same before a restore: an inspection that fails makes everything unknown, with a warning, but does not stop by
/// itself whoever demands nothing of the facts.
Result<BackupContents> contents_or_unknown(const OpenBackup& backup, const Context& context);

}  // namespace failover
