#pragma once

#include <cstdint>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/check.hpp"

namespace failover {

/// One file or directory of a zip archive.
struct ZipEntry : ArchiveEntry {
  std::uint16_t flags = 0;
  std::uint64_t local_offset = 0;
};

/// The index of a zip archive (Zip64 and data descriptors included) that keeps every rule which can be judged without
/// unpacking. The one parser that verifies is the one that extracts: EntryReader takes these entries and nothing else.
class ZipIndex {
 public:
  /// @param fd a seekable file, read with pread only.
  static Result<ZipIndex> read(int fd, const ArchiveLimits& limits, const Context& context);

  /// In the order of the archive's central directory.
  [[nodiscard]] const std::vector<ZipEntry>& entries() const noexcept { return entries_; }
  /// Whether an entry needs a password; only with ArchiveLimits::encrypted.
  [[nodiscard]] bool encrypted() const noexcept;
  /// The same without what only a zip has.
  [[nodiscard]] ArchiveListing listing() &&;
  [[nodiscard]] const ArchiveSummary& summary() const noexcept { return summary_; }

 private:
  ZipIndex(std::vector<ZipEntry> entries, ArchiveSummary summary) noexcept;
  std::vector<ZipEntry> entries_;
  ArchiveSummary summary_;
};

}  // namespace failover
