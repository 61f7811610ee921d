#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>

namespace failover {

/// What an archive may ask of this host.
struct RestoreLimits {
  std::uint64_t max_size = std::uint64_t{1} << 40U;  ///< bytes of all files, unpacked
  std::uint64_t max_files = 10'000'000;
  std::uint64_t max_ratio = 1000;  ///< unpacked bytes per byte of the archive
};

/// Executables that run around the change, without a shell, with FO_HOOK_* variables. Whenever the pre-hook was started
/// the post-hook runs at the end with FO_HOOK_RESULT = restored, undone or aborted.
struct RestoreHooks {
  std::filesystem::path pre;   ///< empty = none
  std::filesystem::path post;  ///< empty = none
  Duration timeout = std::chrono::minutes(5);
};

/// A part of the archive, and the directory of this host that it goes to.
struct RestoreRoot {
  std::string prefix;     ///< a directory of the archive, without slash at either end; empty = all of it
  std::string directory;  ///< it exists; absolute once a restorer has looked at it

  bool operator==(const RestoreRoot&) const = default;
};

struct Ownership {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

struct RestoreOptions {
  /// Of several that take an entry the longest prefix counts. Empty when `program` does the work.
  std::vector<RestoreRoot> roots;
  bool ignore_unmapped = false;      ///< else an entry that no root takes is refused
  std::vector<std::string> program;  ///< the PBX's own restore with its arguments; "{}" becomes the backup's path
  bool take_over = false;            ///< a non-empty root that no manifest of ours covers is all right
  bool mirror = false;               ///< also what is not in the backup goes (into the undo copy)
  std::optional<Ownership> owner;    ///< of files and directories that come; else their directory's owner
  unsigned keep_undo = 1;            ///< of how many generations the undo copies are kept; at least 1
  RestoreHooks hooks;
  RestoreLimits limits;
  std::filesystem::path password_file;  ///< for an encrypted archive; empty = none
  std::optional<Duration> max_age;      ///< an older backup is refused
};

/// A backup that passed every check.
struct VerifiedBackup {
  std::filesystem::path path;  ///< absolute
  std::string sha256;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;            ///< unpacked
  WallTime time;                      ///< the backup's own
  std::vector<std::string> warnings;  ///< from its sidecar
};

struct PlannedAct {
  std::string act;   ///< replace, add, remove, mkdir, rmdir, program
  std::string path;  ///< in the archive
  std::string live;  ///< the same on this host, absolute
  std::uint64_t size = 0;
  std::string reason;  ///< a clause
};

/// What a run would do; the run itself does exactly this.
struct RestorePlan {
  VerifiedBackup backup;
  std::vector<RestoreRoot> roots;
  std::vector<PlannedAct> acts;
  std::uint64_t unchanged = 0;  ///< files that are already as in the backup
  std::uint64_t unchanged_bytes = 0;
  bool nothing_to_do = false;
};

struct RestoreReport {
  bool nothing_to_do = false;
  std::uint64_t generation = 0;  ///< current now; 0 = none
  std::string backup;            ///< its backup; empty = none
  std::uint64_t acts = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> warnings{};  ///< each is exit status 3
};

/// What recovery found and did.
enum class Recovered { nothing, finished, undone, aborted };

struct RestoreStatus {
  std::uint64_t generation = 0;  ///< 0 = nothing was ever restored here
  std::string backup;
  WallTime backup_time;
  WallTime restored;
  std::string sha256;
  std::vector<RestoreRoot> roots;  ///< empty when a program restored it
  std::uint64_t previous = 0;      ///< what --rollback goes back to; 0 = the time before the first restore
  bool can_roll_back = false;
  bool in_progress = false;  ///< a tree may be mixed
  bool interrupted = false;  ///< a run did not come to its end: --recover
};

struct RestoreHistoryEntry {
  std::uint64_t run = 0;
  std::string kind;  ///< restore, rollback, program
  std::string backup;
  std::vector<RestoreRoot> roots;
  WallTime started;
  std::optional<WallTime> ended;
  std::string result;  ///< restored, undone, aborted; "interrupted" when it did not come to its end
  std::string reason;
};

/// Applies backups to this host, all or nothing (property all-or-nothing), and goes back. Every call that changes
/// something takes the host lock (kind locked), refuses unless the role is standby or unset (kind refused), and first
/// finishes or undoes a run that was interrupted. Deadline and stop request end work before the commit only; what
/// follows it is bounded by the hooks' timeouts. Kinds: integrity for a bad archive, refused for a safety rule,
/// unfinished when it stopped half way and could not undo (the message says how to go on).
class FAILOVER_EXPORT Restorer {
 public:
  virtual ~Restorer() = default;
  /// Archive, digests, limits; touches nothing. An empty path means the newest verified one in STATE/backups.
  virtual Result<VerifiedBackup> verify(const std::filesystem::path& backup, const RestoreOptions& options,
                                        const Context& context) = 0;
  /// What restore() would do; changes nothing.
  virtual Result<RestorePlan> plan(const std::filesystem::path& backup, const RestoreOptions& options,
                                   const Context& context) = 0;
  virtual Result<RestoreReport> restore(const std::filesystem::path& backup, const RestoreOptions& options,
                                        const Context& context) = 0;
  /// Back to the generation before. @param hooks as for restore()
  virtual Result<RestoreReport> rollback(const RestoreHooks& hooks, const Context& context) = 0;
  virtual Result<Recovered> recover(const Context& context) = 0;
  virtual Result<RestoreStatus> status() = 0;
  /// Oldest first.
  virtual Result<std::vector<RestoreHistoryEntry>> history() = 0;
};

/// @param state_dir the state directory; made when something must be written to it
FAILOVER_EXPORT std::unique_ptr<Restorer> make_restorer(std::filesystem::path state_dir);

}  // namespace failover
