#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <failover/context.hpp>

#include "archive/archive_format.hpp"
#include "archive/check.hpp"

namespace failover {

enum class EntryKind : std::uint8_t { file, directory, symlink };

/// Where the archive keeps an entry's bytes: for whoever unpacks it, and for nobody else.
struct EntryPlace {
  std::uint64_t offset = 0;  ///< zip: of the packed bytes; a stream (tar): how many entries come before
  std::uint64_t packed = 0;  ///< zip: how many there are
  std::uint16_t method = 0;  ///< zip: 0 stored, 8 deflated
};

/// One entry of an archive that passed the strict profile, whatever the archive's format.
struct ArchiveEntry {
  std::string path;  ///< beneath the archive's root, without "./" and trailing slash; empty = the root itself
  EntryKind kind = EntryKind::file;
  std::uint64_t size = 0;  ///< unpacked
  std::uint32_t crc = 0;   ///< CRC-32 of the content, also where the format keeps none
  unsigned mode = 0;       ///< permission bits as stored; 0 = none stored
  WallTime modified;
  std::string link;  ///< of a symlink: its target as stored
  EntryPlace place;

  [[nodiscard]] bool is_directory() const noexcept { return kind == EntryKind::directory; }
};

/// What an archive holds, in the archive's order.
struct ArchiveListing {
  ArchiveFormat format = ArchiveFormat::zip;
  std::vector<ArchiveEntry> entries;
  ArchiveSummary summary;
};

}  // namespace failover
