#include "fetch/keep.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include <failover/error.hpp>

#include "core/atomic_file.hpp"
#include "state/backup_sidecar.hpp"

namespace failover {

std::vector<std::filesystem::path> choose_removals(std::span<const StoredBackup> stored,
                                                   const std::optional<std::filesystem::path>& next,
                                                   const KeepRules& rules) {
  std::vector<std::filesystem::path> removals;
  const bool adds = next && std::ranges::none_of(stored, [&](const auto& backup) { return backup.path == *next; });
  std::size_t kept = adds ? 1 : 0;
  bool newest = !next;
  for (const auto& backup : stored) {
    if (backup.sidecar.source != rules.source) continue;
    const bool protected_one = newest || backup.path == next || backup.sidecar.sha256 == rules.restored_sha256 ||
                               std::ranges::find(rules.needed, backup.path) != rules.needed.end();
    newest = false;
    if (kept < rules.keep || protected_one) {
      ++kept;
    } else {
      removals.push_back(backup.path);
    }
  }
  return removals;
}

Result<void> remove_backup(const std::filesystem::path& backup) {
  FO_TRY(while_doing("removing an old backup", remove_file_durably(backup)));
  return while_doing("removing an old backup's sidecar", remove_file_durably(sidecar_path(backup)));
}

Result<void> sweep_orphans(const std::filesystem::path& folder) {
  for (const auto& orphan : FO_TRY(orphaned_sidecars(folder))) FO_TRY(remove_file_durably(orphan));
  return {};
}

}  // namespace failover
