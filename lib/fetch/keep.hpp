#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "state/backup_sidecar.hpp"

namespace failover {

/// What must stay whatever the count says (property good-stays-good).
struct KeepRules {
  std::size_t keep = 7;
  std::string source;                          ///< only backups of this source are counted
  std::optional<std::string> restored_sha256;  ///< the one that is restored now
  std::vector<std::filesystem::path> needed;   ///< what a rollback goes back to
};

/// Which backups go once one more of this source is stored under `next` (none: nothing is added). Never the newest one
/// when nothing is added, never `next`, never the restored one or one that is needed. Pure.
/// @param stored newest first
std::vector<std::filesystem::path> choose_removals(std::span<const StoredBackup> stored,
                                                   const std::optional<std::filesystem::path>& next,
                                                   const KeepRules& rules);

/// Backup first, sidecar after: what a crash leaves is a sidecar alone, which says nothing.
Result<void> remove_backup(const std::filesystem::path& backup);

/// Removes sidecars whose backups are gone.
Result<void> sweep_orphans(const std::filesystem::path& folder);

}  // namespace failover
