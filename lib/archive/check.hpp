#pragma once

#include <cstdint>
#include <filesystem>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// What an archive may ask of this host; looked at in its index before, and again while it is unpacked.
struct ArchiveLimits {
  std::uint64_t max_size = std::uint64_t{1} << 40U;  ///< bytes of all files, unpacked
  std::uint64_t max_files = 10'000'000;              ///< entries, directories included
  std::uint64_t max_ratio = 1000;                    ///< unpacked bytes per byte of the archive
  bool symlinks = false;                             ///< symbolic links are allowed if they end inside
  bool encrypted = false;                            ///< there is a password
};

struct ArchiveSummary {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  ///< of all files, unpacked
  /// The newest file in it: how old the backup's content is. The epoch when it holds no file.
  WallTime newest_content;
};

/// Holds a zip archive against the strict profile (ArchiveRule) and unpacks every entry to check its CRC-32; writes
/// nothing. An error of kind integrity names the entry and the rule.
Result<ArchiveSummary> check_archive(const std::filesystem::path& path, const ArchiveLimits& limits,
                                     const Context& context);

/// Only the index and the profile: sizes and times as the archive states them, no entry is unpacked.
Result<ArchiveSummary> summarize_archive(const std::filesystem::path& path, const ArchiveLimits& limits,
                                         const Context& context);

}  // namespace failover
