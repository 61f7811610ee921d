#pragma once

#include <cstdint>
#include <filesystem>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"

namespace failover {

class ProvenEntries;

/// What an archive may ask of this host; looked at in its index before, and again while it is unpacked.
struct ArchiveLimits {
  std::uint64_t max_size = std::uint64_t{1} << 40U;  ///< bytes of all files, unpacked
  std::uint64_t max_files = 10'000'000;              ///< entries, directories included
  std::uint64_t max_ratio = 1000;                    ///< unpacked bytes per byte of the archive
  bool symlinks = false;                             ///< symbolic links are allowed if they end inside
  bool encrypted = false;                            ///< so are encrypted entries; without a password they stay sealed
};

struct ArchiveSummary {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  ///< of all files, unpacked
  /// The newest file in it: how old the backup's content is. The epoch when it holds no file.
  WallTime newest_content;
};

/// How far the content of an archive was looked at.
enum class ArchiveProof : std::uint8_t {
  crc,       ///< every file of a zip was unpacked, or its very packed bytes were before, and has its CRC-32
  unpacked,  ///< every file of a tar or an encrypted zip was unpacked: what packs or signs it would have told
  index,     ///< only the index and the headers of a zip
  sealed,    ///< likewise, since it is encrypted and there was no password
};

struct CheckedArchive {
  ArchiveSummary summary;
  ArchiveProof proof = ArchiveProof::index;
  std::uint64_t compared = 0;  ///< files of it that were not unpacked since their packed bytes are proven ones
};

/// Holds an archive against the strict profile (ArchiveRule) and unpacks every entry to check it; writes nothing. An
/// error of kind integrity names the entry and the rule.
/// @param password of an encrypted zip; nullptr = none
/// @param proven entries that need only be compared; nullptr = none
Result<CheckedArchive> check_archive(const std::filesystem::path& path, const ArchiveLimits& limits,
                                     const Secret* password, ProvenEntries* proven, const Context& context);

/// Of a zip only the index and the profile: sizes and times as the archive states them, no entry is unpacked. A tar has
/// no index, so all of it is.
Result<CheckedArchive> summarize_archive(const std::filesystem::path& path, const ArchiveLimits& limits,
                                         const Context& context);

}  // namespace failover
