#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/journal.hpp"
#include "core/process_identity.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

enum class RunKind { restore, rollback, program };

/// How far a run came. Recovery is decided by this alone: before `committed` it undoes, from there it goes forward,
/// from `reversing` it goes back.
enum class RunPhase { begun, pre_hook, committed, applied, reversing, reversed, done };

/// One run as the journal tells it.
struct RestoreRun {
  std::uint64_t number = 0;
  RunKind kind = RunKind::restore;
  RunPhase phase = RunPhase::begun;
  WallTime started;
  std::uint64_t slots = 0;          ///< folder in each .failover
  std::vector<RestoreRoot> roots;   ///< empty for a PROGRAM
  unsigned keep_undo = 1;           ///< of how many generations the undo copies stay
  std::vector<std::string> mounts;  ///< whose .failover it uses, as paths of the archive
  std::string pre_hook;             ///< empty = none
  std::string post_hook;
  std::chrono::milliseconds hook_timeout{};
  std::vector<std::string> checks;  ///< targets to look at after the post-hook
  std::chrono::milliseconds check_timeout{};
  std::vector<std::string> program;  ///< PROGRAM with its arguments
  HandOver hand_over;
  std::string handover_folder;  ///< where the PROGRAM's copy of the backup lies
  /// The PROGRAM that was started last, and its process group.
  std::optional<ProcessIdentity> program_process;
  std::optional<RestoredGeneration> before;  ///< what is current if it is undone
  std::optional<RestoredGeneration> after;   ///< what is current if it succeeds
  /// It takes the place of an interrupted PROGRAM run: committed from its first record, the pre-hook ran back then.
  bool takes_over = false;
  bool pre_hook_ran = false;    ///< it was started, at least
  bool program_failed = false;  ///< it ended, but badly
  std::string result;           ///< "restored", "undone" or "aborted" once done
  std::string reason;           ///< why not restored
  std::optional<WallTime> ended;
};

/// The journal of every restore on this host: STATE/restore/journal, format 1, appended and fsynced.
class RestoreJournal {
 public:
  static Result<RestoreJournal> open(const StateDir& state);
  /// For readers: every run, oldest first.
  static Result<std::vector<RestoreRun>> read(const StateDir& state);

  [[nodiscard]] const std::vector<RestoreRun>& runs() const noexcept { return runs_; }
  /// The run that did not come to its end, if any: only the last one can be it.
  [[nodiscard]] const RestoreRun* open_run() const noexcept;
  [[nodiscard]] std::uint64_t next_number() const noexcept;

  /// Starts a run; its number, kind and circumstances are set by the caller, its phase becomes `begun`
  /// (`committed` when it takes over).
  Result<void> begin(RestoreRun run);
  /// Notes that the open run has reached `phase`, durably, before what follows is done.
  Result<void> reach(RunPhase phase, std::string_view reason = {});
  /// The PROGRAM exists and is about to begin.
  Result<void> program_started(const ProcessIdentity& process);
  /// The PROGRAM ended badly; the run stays open.
  Result<void> program_failed(std::string_view reason);
  Result<void> finish(std::string_view result, std::string_view reason = {});

 private:
  RestoreJournal(Journal journal, std::vector<RestoreRun> runs) noexcept;
  Journal journal_;
  std::vector<RestoreRun> runs_;
};

/// The runs that the journal's records tell of. @param path for messages
Result<std::vector<RestoreRun>> parse_restore_journal(const std::vector<std::string>& records,
                                                      const std::filesystem::path& path);

std::string_view to_string(RunKind kind) noexcept;
std::string_view to_string(RunPhase phase) noexcept;

}  // namespace failover
