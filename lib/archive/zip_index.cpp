#include "archive/zip_index.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_rule.hpp"
#include "archive/check.hpp"
#include "archive/entry_tree.hpp"
#include "archive/summary.hpp"
#include "archive/zip_bytes.hpp"
#include "archive/zip_central.hpp"
#include "archive/zip_end.hpp"
#include "archive/zip_local.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

Result<ArchiveSummary> summarize(const std::vector<CentralEntry>& entries, std::uint64_t archive_size,
                                 const ArchiveLimits& limits) {
  ArchiveSummary summary;
  std::uint64_t before = 0;
  for (const auto& central : entries) FO_TRY(add_to(summary, central.entry, before++, limits));
  FO_TRY(check_not_empty(summary));
  FO_TRY(check_ratio(summary, archive_size, limits));
  return summary;
}

/// Local headers, data and descriptors must fill the file from its first byte to the central directory.
Result<void> check_layout(int fd, std::vector<CentralEntry>& entries, std::uint64_t directory_offset,
                          const Context& context) {
  std::vector<CentralEntry*> order;
  order.reserve(entries.size());
  for (auto& central : entries) order.push_back(&central);
  std::ranges::sort(order, {}, [](const CentralEntry* central) { return central->entry.local_offset; });
  if (order.front()->entry.local_offset != 0) {
    return refuse(ArchiveRule::hidden_bytes, "bytes that belong to nothing stand before its first entry");
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i % 256 == 0) FO_TRY(context.check());
    const auto end = i + 1 < order.size() ? order[i + 1]->entry.local_offset : directory_offset;
    if (end <= order[i]->entry.local_offset || end > directory_offset) {
      return refuse(ArchiveRule::overlap, order[i]->raw_name, "it shares bytes with another entry");
    }
    FO_TRY(check_local(fd, *order[i], end));
  }
  return {};
}

}  // namespace

ZipIndex::ZipIndex(std::vector<ZipEntry> entries, ArchiveSummary summary) noexcept
    : entries_(std::move(entries)), summary_(summary) {}

Result<ZipIndex> ZipIndex::read(int fd, const ArchiveLimits& limits, const Context& context) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return fail_errno("cannot look at the archive");
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::usage, "the archive is not a regular file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  const auto end = FO_TRY(read_zip_end(fd, size));
  if (end.entries == 0) return refuse(ArchiveRule::empty_archive, "it holds no file");
  auto central = FO_TRY(read_central_directory(fd, end, limits, context));
  const auto summary = FO_TRY(summarize(central, size, limits));
  FO_TRY(check_layout(fd, central, end.directory_offset, context));
  std::vector<ZipEntry> entries;
  entries.reserve(central.size());
  for (auto& one : central) entries.push_back(std::move(one.entry));
  FO_TRY(check_tree(tree_of(entries)));
  return ZipIndex(std::move(entries), summary);
}

bool ZipIndex::encrypted() const noexcept {
  return std::ranges::any_of(entries_, [](const ZipEntry& entry) { return (entry.flags & zip_encrypted) != 0; });
}

ArchiveListing ZipIndex::listing() && {
  ArchiveListing listing;
  listing.summary = summary_;
  listing.entries.reserve(entries_.size());
  for (auto& entry : entries_) listing.entries.push_back(std::move(static_cast<ArchiveEntry&>(entry)));
  return listing;
}

}  // namespace failover
