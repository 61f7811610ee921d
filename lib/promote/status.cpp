#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <failover/error.hpp>

#include "core/file_io.hpp"
#include "failover/promoter.hpp"
#include "failover/role.hpp"
#include "promote/gather.hpp"
#include "promote/quiet_rules.hpp"
#include "state/demotion_file.hpp"
#include "state/pause_file.hpp"
#include "state/promotion_journal.hpp"
#include "state/restored_generation.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

constexpr std::size_t table_limit = 16UL * 1024 * 1024;

/// Whether somebody holds the host's lock. Read from the kernel's table: taking the lock to find out would turn away a
/// promotion that begins in the same moment.
bool lock_is_held(const StateDir& state) {
  struct stat info{};
  if (::stat((state.root() / "lock").c_str(), &info) != 0) return false;
  const auto table = read_file("/proc/locks", table_limit);
  if (!table) return false;
  const auto file = fmt::format("{:02x}:{:02x}:{}", major(info.st_dev), minor(info.st_dev), info.st_ino);
  std::istringstream words(*table);
  std::string word;
  while (words >> word) {
    if (word == file) return true;
  }
  return false;
}

}  // namespace

Result<PromotionStatus> promotion_status(const std::filesystem::path& state_dir) {
  const auto state = StateDir::at(state_dir);
  PromotionStatus status;
  const auto role = FO_TRY(read_role(state));
  status.role = role_name(role);
  if (role) status.node = role->node;
  if (role) status.role_epoch = role->epoch;
  status.last = earlier_promotion(FO_TRY(PromotionJournal::read(state)));
  if (const auto generation = FO_TRY(read_restored_generation(state))) {
    status.backup = backup_facts(*generation);
  }
  const auto pause = FO_TRY(read_pause(state));
  if (pause && pause->until > std::chrono::system_clock::now()) status.pause = pause;
  status.last_promotion =
      last_promotion_here(status.role, role ? std::optional(role->since) : std::nullopt, status.last);
  const auto demotion = FO_TRY(read_open_demotion(state));
  if (demotion && demotion->epoch == status.role_epoch) status.demoting = demotion->since;
  status.restore_in_progress = FO_TRY(restore_in_progress(state));
  status.running = lock_is_held(state);
  return status;
}

}  // namespace failover
