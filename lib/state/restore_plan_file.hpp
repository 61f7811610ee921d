#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/file_identity.hpp"
#include "state/state_dir.hpp"

namespace failover {

enum class ActKind { replace, add, remove, make_directory, remove_directory };

/// One act of a restore. Slot `n` holds the new file before the act and the old one (the undo copy) after it.
struct RestoreAct {
  std::uint64_t n = 0;
  ActKind kind = ActKind::replace;
  std::string mount;                     ///< path of the topmost directory of its mount, whose .failover holds the slot
  std::string path;                      ///< in the archive
  std::optional<FileIdentity> new_file;  ///< replace, add
  std::optional<FileIdentity> old_file;  ///< replace, remove
  std::string link;                      ///< replace, add: target of the symbolic link that comes; empty = a file comes
  std::uint32_t mode = 0;                ///< directories: as it is to be, or was
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

/// The acts of one run, written durably before its commit. File STATE/restore/plan.RUN, format 1: a header line, then
/// one act a line.
struct RestorePlanFile {
  std::uint64_t run = 0;
  std::uint64_t slots = 0;  ///< the folder in each .failover
  std::vector<RestoreRoot> roots;
  std::vector<RestoreAct> acts;
};

std::string_view to_string(ActKind kind) noexcept;

Result<void> write_restore_plan(const StateDir& state, const RestorePlanFile& plan);
/// The text of such a file. kind integrity when it is not whole, unfinished when it is newer than we are.
Result<RestorePlanFile> parse_restore_plan(std::string_view text, const std::filesystem::path& path);
/// kind not_found when there is none; kind integrity when it is not whole.
Result<RestorePlanFile> read_restore_plan(const StateDir& state, std::uint64_t run);
Result<void> remove_restore_plan(const StateDir& state, std::uint64_t run);

/// Every run of which a plan is there.
Result<std::vector<std::uint64_t>> list_restore_plans(const StateDir& state);

}  // namespace failover
