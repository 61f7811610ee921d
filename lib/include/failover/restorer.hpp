#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>
#include <failover/observer.hpp>

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

/// How the backup is handed to `program`, whose arguments may hold {}, {log}, {password-file} and {password}.
struct HandOver {
  std::string run_as;                        ///< who runs it, never root; empty = who we are
  std::filesystem::path place = "/var/tmp";  ///< for another user, the copy lies in a folder of his beneath this one
  std::string expect_log;  ///< a line of its output or of {log} must fit this (POSIX, extended); empty = none need
  std::filesystem::path password_file;  ///< what {password-file} is a copy of, and {password} the text of
  bool allow_password_in_argv = false;  ///< {password} is refused without it: every user of this host sees arguments
};

/// Targets as parse_target() reads them, looked at after the post-hook. One that is down then is like a post-hook that
/// fails.
struct RestoreChecks {
  std::vector<std::string> targets;
  Duration timeout = std::chrono::minutes(1);  ///< until then they may come up
};

/// A part of every day in local time; one that ends before it begins goes over midnight.
struct DailyWindow {
  std::chrono::minutes from{};
  std::chrono::minutes to{};  ///< the first minute that is outside again
};

/// Reads "01:00-05:00"; kind usage.
FAILOVER_EXPORT Result<DailyWindow> parse_daily_window(std::string_view text);

/// What a backup must be, or it is refused before anything is touched. A fact that is unknown never passes.
struct BackupDemands {
  /// Key (kind, version, fqdn) and glob: `version`, `20.*`. All must hold.
  std::vector<std::pair<std::string, std::string>> facts;
  std::optional<std::uint64_t> min_extensions;
  /// Percent by which extensions, files and bytes may each be less than in the last restored backup.
  std::optional<unsigned> max_shrink;

  [[nodiscard]] bool any() const noexcept { return !facts.empty() || min_extensions || max_shrink; }
};

struct RestoreOptions {
  /// Of several that take an entry the longest prefix counts. Empty when `program` does the work.
  std::vector<RestoreRoot> roots;
  bool ignore_unmapped = false;      ///< else an entry that no root takes is refused
  std::vector<std::string> program;  ///< the PBX's own restore with its arguments; "{}" becomes the backup's path
  HandOver hand_over;
  bool take_over = false;          ///< a non-empty root that no manifest of ours covers is all right
  bool mirror = false;             ///< also what is not in the backup goes (into the undo copy)
  std::optional<Ownership> owner;  ///< of files and directories that come; else their directory's owner
  bool symlinks = false;           ///< symbolic links that end beneath their root are kept; else they are refused
  unsigned keep_undo = 1;          ///< of how many generations the undo copies are kept; at least 1
  RestoreHooks hooks;
  RestoreChecks checks;
  RestoreLimits limits;
  std::filesystem::path password_file;  ///< for an encrypted archive; empty = none
  std::optional<Duration> max_age;      ///< an older backup is refused
  BackupDemands demands;
  std::optional<DailyWindow> window;  ///< outside of it a restore is refused
};

struct BackupGateway {
  std::string name{};
  std::string host{};
  std::optional<std::uint16_t> port{};
};

struct BackupCertificate {
  std::string path;                 ///< in the archive
  std::string subject;              ///< as RFC 2253 writes it
  std::optional<WallTime> expires;  ///< none when its date cannot be read
};

/// What a backup says of itself. What it does not say is none ("unknown"), never 0.
struct BackupContents {
  std::string kind = "other";            ///< 3CX, FreePBX, Asterisk, other
  std::optional<std::string> version{};  ///< of the PBX
  std::optional<WallTime> made{};        ///< by its content: what it states, else its newest file
  std::optional<std::string> fqdn{};     ///< stated, or the one host that its certificates are for
  std::optional<std::uint64_t> extensions{};
  std::optional<std::uint64_t> trunks{};
  std::optional<std::uint64_t> queues{};
  std::optional<std::vector<BackupGateway>> gateways{};
  std::vector<BackupCertificate> certificates{};
  std::vector<std::string> remarks{};  ///< sentences: why something is unknown
};

/// A backup that passed every check.
struct VerifiedBackup {
  std::filesystem::path path;  ///< absolute
  std::string sha256;          ///< its sidecar's; empty without one
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;            ///< unpacked
  WallTime time;                      ///< the backup's own
  std::vector<std::string> warnings;  ///< from its sidecar
  BackupContents contents;
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

/// Undo copies that stay until somebody lets go of them.
struct PinnedUndo {
  std::uint64_t generation = 0;  ///< whose; 0 = those of the next restore
  std::string reason;            ///< a clause
  WallTime since;
};

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
  std::optional<PinnedUndo> pinned;
};

/// What copy_undo() wrote.
struct UndoCopied {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

/// What all runs of this host did together.
struct RestoreCounters {
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;
  std::uint64_t acts = 0;
  std::uint64_t bytes = 0;
  std::optional<WallTime> succeeded{};  ///< the last one that did not fail
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
  /// What is in it, as far as its archive and profile are good; touches nothing. An entry that is made to do harm is
  /// kind integrity.
  virtual Result<BackupContents> inspect(const std::filesystem::path& backup, const RestoreOptions& options,
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
  /// Copies what the pinned restore took away (else the current one) by its names into a directory that is empty or not
  /// there; kind not_found when nothing of it is left. The role of this host does not matter.
  virtual Result<UndoCopied> copy_undo(const std::filesystem::path& directory, const Context& context) = 0;
  /// Lets go of what is pinned; what no other rule keeps is removed. @return false when nothing was pinned
  virtual Result<bool> drop_undo(const Context& context) = 0;
  /// Adds a run to the counters, for metrics.
  virtual Result<RestoreCounters> count(const Result<RestoreReport>& outcome) = 0;
  /// Oldest first.
  virtual Result<std::vector<RestoreHistoryEntry>> history() = 0;
};

/// @param state_dir the state directory; made when something must be written to it
/// @param observer who looks at the targets of RestoreChecks; a run that has some ends as unfinished without one
FAILOVER_EXPORT std::unique_ptr<Restorer> make_restorer(std::filesystem::path state_dir,
                                                        std::shared_ptr<Observer> observer = nullptr);

}  // namespace failover
