#include "restore/backup_contents.hpp"

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/unpack_order.hpp"
#include "restore/backup_choice.hpp"

namespace failover {

Result<BackupContents> inspect_backup(const OpenBackup& backup, const Context& context) {
  return inspect_entries(backup.file.get(), backup.listing, backup.key(), context);
}

Result<BackupContents> contents_or_unknown(const OpenBackup& backup, const Context& context) {
  auto contents = inspect_backup(backup, context);
  FO_TRY(context.check());
  if (contents) return contents;
  context.note(Level::warning, contents.error().message + "; what is in the backup is unknown");
  return BackupContents{.kind = "unknown"};
}

}  // namespace failover
