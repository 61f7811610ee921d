#include "fetch/restored_backups.hpp"

#include <filesystem>

#include <failover/error.hpp>

#include "fetch/keep.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

Result<void> protect_restored(const std::filesystem::path& state_dir, KeepRules& rules) {
  const auto state = StateDir::at(state_dir);
  if (FO_TRY(restore_in_progress(state))) {
    return fail(ErrorKind::refused, "a restore is in progress and may need any of them");
  }
  const auto restored = FO_TRY(read_restored_generation(state));
  if (!restored) return {};
  rules.restored_sha256 = restored->sha256;
  if (!restored->backup.empty()) rules.needed.emplace_back(restored->backup);
  if (!restored->previous_backup.empty()) rules.needed.emplace_back(restored->previous_backup);
  return {};
}

}  // namespace failover
