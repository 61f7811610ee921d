#pragma once

#include <filesystem>
#include <optional>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/user_account.hpp"
#include "state/restore_journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// Where the folder of a run will be, to be journaled before it is made: in the state directory, which another user
/// cannot enter, or for another user beneath `place` under a name that nobody can guess.
Result<std::filesystem::path> name_handover_folder(const StateDir& state, const RestoreRun& run,
                                                   const std::filesystem::path& place);

/// What a PROGRAM is given: a copy of the backup, so that whoever can write to the original cannot change it under its
/// hands, and what it may need beside it. The folder (0700) and all in it (0400, the log 0600) belong to the user that
/// the PROGRAM runs as; only he and root can enter. Gone when this is destroyed.
class HandoverFolder {
 public:
  /// Removes what an interrupted run left under that name first.
  static Result<HandoverFolder> make(const RestoreRun& run, const std::filesystem::path& backup,
                                     const std::optional<UserAccount>& user, const Context& context);
  /// What a run that was interrupted may have left.
  static void remove(const RestoreRun& run) noexcept;
  HandoverFolder(HandoverFolder&& other) noexcept;
  HandoverFolder& operator=(HandoverFolder&&) = delete;
  ~HandoverFolder();

  [[nodiscard]] const std::filesystem::path& backup() const noexcept { return backup_; }
  [[nodiscard]] std::filesystem::path log() const { return folder_ / "program.log"; }
  [[nodiscard]] std::filesystem::path password() const { return folder_ / "password"; }

 private:
  explicit HandoverFolder(std::filesystem::path folder) noexcept;
  std::filesystem::path folder_;
  std::filesystem::path backup_;
};

}  // namespace failover
