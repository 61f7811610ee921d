#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>
#include <failover/source.hpp>

namespace failover {

struct FetchPlan;

struct FetchOptions {
  std::filesystem::path output;     ///< folder for the backups; made with mode 0700 when it is not there
  std::filesystem::path state_dir;  ///< tells which backup is restored now; that one is never removed
  Duration max_age = std::chrono::hours(26);
  std::size_t keep = 7;  ///< how many backups of this source stay; at least 1
  std::optional<std::string> sha256;
  std::optional<std::filesystem::path> sha256_file;
  std::filesystem::path archive_password_file = {};    ///< password of encrypted archives; empty = none
  std::optional<std::uint64_t> limit_rate;             ///< bytes a second
  unsigned retries = 5;                                ///< in a row without a byte of progress
  std::size_t connections = 4;                         ///< at most, where the store allows several
  bool delta = true;                                   ///< take unchanged entries from the newest backup that is here
  bool quick = false;                                  ///< unpack no entry that a digest of the whole vouches for
  std::function<void(const FetchPlan&)> planned = {};  ///< told what run() is about to do
};

/// What an object's end tells: an archive, an archive that is cut off or still being written, or something else.
enum class ArchiveState { complete, incomplete, foreign };

/// "complete", "incomplete", "foreign".
FAILOVER_EXPORT std::string_view to_string(ArchiveState state) noexcept;

/// One object of the source, looked at.
struct FetchCandidate {
  ObjectInfo object;
  ArchiveState state = ArchiveState::foreign;
  std::string why;                  ///< a clause, when it is not complete
  std::string index_sha256;         ///< of a zip's central directory and what follows it; of a tar's last bytes
  std::optional<WallTime> content;  ///< time of its newest entry; where entries carry local times the latest it can be
  WallTime order;                   ///< what newer and older is decided by, the store's time breaking ties

  /// The earlier of the store's time and the content's: rotation by copy re-dates files.
  [[nodiscard]] FAILOVER_EXPORT WallTime backup_time() const noexcept;
};

/// How far a stored backup is known to be the store's object.
enum class FetchMatch {
  as_downloaded,         ///< every byte came from the store, which gives no digest to compare with
  byte_identical,        ///< a digest of the whole agrees
  every_entry_verified,  ///< put together with an older backup; every entry has its CRC-32, there is no digest
};

/// "as downloaded", "byte-identical", "every entry verified".
FAILOVER_EXPORT std::string_view to_string(FetchMatch match) noexcept;

/// What run() would do; `--dry-run` prints it.
struct FetchPlan {
  FetchCandidate chosen;
  std::optional<std::filesystem::path> already_here;  ///< the verified local copy of the same object
  std::uint64_t to_download = 0;                      ///< bytes
  std::vector<std::filesystem::path> to_remove;       ///< older backups, after the new one is verified
  std::vector<std::string> reasons;                   ///< sentences: why this one, why not another
  std::vector<std::string> warnings;                  ///< need a look: exit status 3
};

struct FetchOutcome {
  std::filesystem::path path;
  std::string sha256;
  std::uint64_t size = 0;
  WallTime backup_time;
  std::vector<std::string> verified;
  std::vector<std::string> warnings;
  std::vector<std::filesystem::path> removed;
  bool downloaded = false;
  std::uint64_t resumed_at = 0;  ///< bytes that an interrupted run had left
  std::uint64_t fetched = 0;     ///< bytes that came from the store, indexes and probes too
  std::uint64_t copied = 0;      ///< bytes that came from `base`
  std::string base;              ///< name of the backup that unchanged entries were taken from; empty = none
  FetchMatch match = FetchMatch::as_downloaded;
};

/// What is remembered of a source over the runs that were counted.
struct FetchCounters {
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;
  std::uint64_t fetched_bytes = 0;        ///< from the store, of failed runs too
  std::optional<WallTime> backup_time{};  ///< of the last run that did not fail
  std::optional<WallTime> succeeded{};    ///< when that was
  std::uint64_t size = 0;                 ///< of its backup
};

/// Brings the newest good backup of a source into a folder. A backup appears under its name verified or not at all
/// (properties good-stays-good, effect).
class FAILOVER_EXPORT Fetcher {
 public:
  virtual ~Fetcher() = default;
  /// What is there, newest first. Nothing is downloaded but the ends of the archives.
  virtual Result<std::vector<FetchCandidate>> survey(const Context& context) = 0;
  /// Looks, chooses, compares with what is here. Changes nothing.
  virtual Result<FetchPlan> plan(const Context& context) = 0;
  /// Plans and does it, holding the lock of the folder (property alone).
  virtual Result<FetchOutcome> run(const Context& context) = 0;
  /// Adds the last run(), whose result this is, to the counters in the state directory.
  virtual Result<FetchCounters> count(const Result<FetchOutcome>& outcome) = 0;
};

FAILOVER_EXPORT Result<std::unique_ptr<Fetcher>> make_fetcher(std::unique_ptr<Source> source,
                                                              const FetchOptions& options);

}  // namespace failover
