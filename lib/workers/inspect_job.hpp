#pragma once

#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_format.hpp"
#include "archive/entry_record.hpp"
#include "core/secret.hpp"

namespace failover {

/// What is in a backup: of the entries that say so the content is read, of all others the name and the time.
/// @param entries every regular file of it; folder and slot count for nothing
/// @param password nullptr = none
Result<BackupContents> inspect_entries_of(int fd, ArchiveFormat format, std::vector<UnpackJob> entries,
                                          const Secret* password);

}  // namespace failover
