#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/check.hpp"

namespace failover {

/// One file or directory of an archive that passed the strict profile.
struct ZipEntry {
  std::string path;  ///< beneath the archive's root, without "./" and trailing slash; empty = the root itself
  bool directory = false;
  std::uint16_t method = 0;  ///< 0 stored, 8 deflated
  std::uint16_t flags = 0;
  std::uint32_t crc = 0;
  std::uint64_t compressed = 0;
  std::uint64_t size = 0;
  std::uint64_t local_offset = 0;
  std::uint64_t data_offset = 0;
  unsigned mode = 0;  ///< permission bits as stored; 0 = none stored
  WallTime modified;
};

/// The index of a zip archive (Zip64 and data descriptors included) that keeps every rule which can be judged without
/// unpacking. The one parser that verifies is the one that extracts: EntryReader takes these entries and nothing else.
class ZipIndex {
 public:
  /// @param fd a seekable file, read with pread only.
  static Result<ZipIndex> read(int fd, const ArchiveLimits& limits, const Context& context);

  /// In the order of the archive's central directory.
  [[nodiscard]] const std::vector<ZipEntry>& entries() const noexcept { return entries_; }
  [[nodiscard]] const ArchiveSummary& summary() const noexcept { return summary_; }

 private:
  ZipIndex(std::vector<ZipEntry> entries, ArchiveSummary summary) noexcept;
  std::vector<ZipEntry> entries_;
  ArchiveSummary summary_;
};

}  // namespace failover
