#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/file_identity.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// A file or directory that a restore put there.
struct ManifestEntry {
  std::string path;  ///< in the archive
  bool directory = false;
  bool made = false;        ///< directory: it was not there before; ours to remove
  std::uint32_t crc = 0;    ///< of the content in the backup
  FileIdentity identity{};  ///< file: as it was put there, without its crc
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;  ///< 0 = not known yet (the restore has not been applied)
};

/// What one generation put beneath its roots, sorted by path. File STATE/restore/manifest.GENERATION, format 2:
/// a header in JSON and a line for each entry.
struct RestoreManifest {
  std::uint64_t generation = 0;
  std::vector<RestoreRoot> roots;
  std::vector<ManifestEntry> entries;
};

Result<void> write_restore_manifest(const StateDir& state, const RestoreManifest& manifest);
/// The text of such a file. kind integrity when it is not whole, unfinished when it is newer than we are.
Result<RestoreManifest> parse_restore_manifest(std::string_view text, const std::filesystem::path& path);
/// kind not_found when there is none.
Result<RestoreManifest> read_restore_manifest(const StateDir& state, std::uint64_t generation);
Result<void> remove_restore_manifest(const StateDir& state, std::uint64_t generation);
Result<std::vector<std::uint64_t>> list_restore_manifests(const StateDir& state);

}  // namespace failover
