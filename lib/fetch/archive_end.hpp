#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

namespace failover {

/// Reads as Source::read does, of one object.
using RangeReader = std::function<Result<std::size_t>(std::uint64_t offset, std::span<std::byte> buffer)>;

/// The last part of an archive, from its central directory on; without bytes when it is too large to keep.
struct ArchiveIndex {
  std::uint64_t offset = 0;
  std::string bytes;
};

/// What the end of a zip, or of a tar that may be packed, tells without reading the rest. It decides which object to
/// download and whether it is the one we have; whether an archive is good is decided by the archive check, after the
/// download.
struct ArchiveEnd {
  ArchiveState state = ArchiveState::foreign;
  std::string why;           ///< a clause, when not complete
  std::string index_sha256;  ///< zip: central directory to the last byte, which has every entry's name, size, CRC and
                             ///< time; tar: its last 64 KiB
  std::optional<WallTime> newest_entry;  ///< as the entries say it
  bool exact_time = false;               ///< in UTC; else the local time of whoever wrote it, read as UTC
  ArchiveIndex index;
};

/// An error is one of reading. At most 64 MiB of a central directory are read; of a larger one the digest covers the
/// end records alone.
Result<ArchiveEnd> read_archive_end(const RangeReader& read, std::uint64_t size);

}  // namespace failover
