#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// What is known of one stored backup: the `NAME.json` beside `NAME`. It is durable before the backup gets its name and
/// the name carries the digest, so a backup with a sidecar is one that was verified (property good-stays-good).
struct BackupSidecar {
  std::string source;   ///< the location it was asked from, without secrets
  std::string object;   ///< how the source names the object
  std::string name;     ///< the object's own name, for instance 3CXScheduledBackup.zip
  std::string version;  ///< the source's, empty where it has none
  std::uint64_t size = 0;
  std::string sha256;               ///< 64 lower-case hex digits
  std::string crc64;                ///< of the whole, as in xz, 16 lower-case hex digits; empty in older sidecars
  std::string index_sha256;         ///< of the archive's central directory and what follows it
  WallTime modified;                ///< the store's time, whole nanoseconds where the store has them
  std::optional<WallTime> content;  ///< the newest entry's time where it is earlier than the store's
  WallTime fetched;
  std::vector<std::string> verified;  ///< how: "every entry's CRC-32", "SHA-256 of --sha256"
  std::vector<std::string> warnings;
  std::string match;                ///< how far it is the store's object: "byte-identical"; empty in older sidecars
  std::string base;                 ///< the backup that unchanged entries were taken from; empty = none
  std::uint64_t copied = 0;         ///< bytes from there
  std::uint64_t fetched_bytes = 0;  ///< bytes from the store

  /// How old the backup is counts from here: rotation by copy re-dates files, so the earlier of both.
  [[nodiscard]] WallTime backup_time() const noexcept;
};

/// One backup in a folder, with its sidecar.
struct StoredBackup {
  std::filesystem::path path;
  BackupSidecar sidecar;
};

/// The sidecar's own path.
std::filesystem::path sidecar_path(const std::filesystem::path& backup);

/// Beside the backup at `backup`, atomically and durably. fo-fetch is the only writer.
Result<void> write_backup_sidecar(const std::filesystem::path& backup, const BackupSidecar& sidecar);

/// None = there is no sidecar. A newer format is an error of kind unfinished, a damaged file one of kind integrity.
Result<std::optional<BackupSidecar>> read_backup_sidecar(const std::filesystem::path& backup);

/// Every backup of a folder that has a readable sidecar and the size that it names, newest backup_time() first. An
/// absent folder is empty. Others' files are passed over.
Result<std::vector<StoredBackup>> list_stored_backups(const std::filesystem::path& folder);

/// The names of sidecars whose backup is not there: what a crash between the two leaves.
Result<std::vector<std::filesystem::path>> orphaned_sidecars(const std::filesystem::path& folder);

}  // namespace failover
