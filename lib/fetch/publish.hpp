#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "fetch/partial.hpp"
#include "state/backup_sidecar.hpp"

namespace failover {

/// STEM.YYYYMMDDTHHMMSSZ-DIGEST8.EXT: PBXs reuse one name for ever. What the store's name could do to a shell or a
/// terminal (blanks, control characters, a leading dot or dash) becomes '_'.
std::string stored_name(std::string_view name, WallTime time, std::string_view sha256);

/// The sidecar becomes durable first, the name last: so a backup that has its name is one whose sidecar says how it was
/// verified, whenever a crash comes. @return the backup's path
Result<std::filesystem::path> publish_backup(Partial& partial, const std::filesystem::path& folder,
                                             const BackupSidecar& sidecar);

}  // namespace failover
