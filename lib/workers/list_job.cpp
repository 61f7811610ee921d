#include "workers/list_job.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_format.hpp"
#include "archive/archive_rule.hpp"
#include "archive/check.hpp"
#include "archive/entry_reader.hpp"
#include "archive/entry_tree.hpp"
#include "archive/link_rule.hpp"
#include "archive/summary.hpp"
#include "archive/zip_index.hpp"
#include "core/crc.hpp"
#include "core/file_io.hpp"
#include "core/secret.hpp"
#include "core/system_error.hpp"
#include "workers/stream_archive.hpp"
#include "workers/unpack_report.hpp"

namespace failover {

namespace {

Result<void> judge_link(const ArchiveEntry& entry, const ArchiveLimits& limits) {
  if (entry.kind != EntryKind::symlink) return {};
  if (!limits.symlinks) return refuse(ArchiveRule::entry_type, entry.path, "it is a symbolic link");
  return check_link(entry, "");
}

/// A zip keeps a link's target as content.
Result<void> read_links(int fd, std::vector<ArchiveEntry>& entries, const ArchiveLimits& limits) {
  constexpr std::size_t longest_target = 4095;
  EntryReader reader;
  for (auto& entry : entries) {
    if (entry.kind != EntryKind::symlink) continue;
    if (entry.size > longest_target) return refuse(ArchiveRule::link, entry.path, "its target is too long for a link");
    const auto keep = [&](std::span<const std::byte> bytes) -> Result<void> {
      entry.link.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      return {};
    };
    FO_TRY(reader.read(fd, entry, keep, Context{}));
    FO_TRY(judge_link(entry, limits));
  }
  return {};
}

/// From front to back: names, limits, CRC-32s.
Result<ArchiveListing> read_stream(int fd, ArchiveFormat format, const ArchiveLimits& limits, const Secret* password,
                                   std::uint64_t archive_size) {
  auto stream = FO_TRY(StreamArchive::open(fd, format, password));
  ArchiveListing listing;
  UnpackReport report;
  while (auto entry = FO_TRY(stream->next())) {
    FO_TRY(judge_link(*entry, limits));
    FO_TRY(add_to(listing.summary, *entry, listing.entries.size(), limits));
    FO_TRY(check_ratio(listing.summary, archive_size, limits));
    const auto sum = [&](std::span<const std::byte> bytes) {
      entry->crc = crc32(bytes, entry->crc);
      return report.add(bytes.size());
    };
    if (entry->kind == EntryKind::file) FO_TRY(stream->read(sum));
    listing.entries.push_back(std::move(*entry));
  }
  FO_TRY(check_not_empty(listing.summary));
  FO_TRY(check_tree(tree_of(listing.entries)));
  return listing;
}

/// What libarchive saw in an encrypted zip must be what our own parser saw.
Result<void> compare(const std::vector<ArchiveEntry>& index, std::vector<ArchiveEntry>& seen) {
  std::unordered_map<std::string_view, const ArchiveEntry*> known;
  for (const auto& entry : index) known.emplace(entry.path, &entry);
  for (auto& entry : seen) {
    const auto found = known.find(entry.path);
    // A WinZip AES entry of version 2 states no CRC-32: its content has a signature instead.
    const bool same = found != known.end() && found->second->kind == entry.kind && found->second->size == entry.size &&
                      (found->second->crc == entry.crc || found->second->crc == 0);
    if (!same) return refuse(ArchiveRule::local_mismatch, entry.path, "two readers of it do not agree");
    entry.modified = found->second->modified;
    entry.mode = found->second->mode;
  }
  if (seen.size() != index.size()) {
    return refuse(ArchiveRule::central_header, "two readers do not agree on how many entries it has");
  }
  return {};
}

Result<ListedArchive> list_zip(int fd, const ArchiveLimits& limits, const Secret* password, std::uint64_t size) {
  auto allowed = limits;
  allowed.encrypted = limits.encrypted || password != nullptr;
  auto index = FO_TRY(ZipIndex::read(fd, allowed, Context{}));
  const bool encrypted = index.encrypted();
  ListedArchive listed{ArchiveFormat::zip, std::move(index).listing()};
  if (!encrypted) {
    FO_TRY(read_links(fd, listed.listing.entries, limits));
    return listed;
  }
  if (password == nullptr) return ListedArchive{ArchiveFormat::encrypted_zip, std::move(listed.listing)};
  auto seen = FO_TRY(read_stream(fd, ArchiveFormat::encrypted_zip, limits, password, size));
  FO_TRY(compare(listed.listing.entries, seen.entries));
  seen.summary = listed.listing.summary;
  return ListedArchive{ArchiveFormat::encrypted_zip, std::move(seen)};
}

}  // namespace

Result<ListedArchive> list_contents(int fd, const ArchiveLimits& limits, const Secret* password) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return fail_errno("cannot look at the archive");
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::usage, "the archive is not a regular file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  std::array<std::byte, format_bytes> beginning{};
  const auto count = FO_TRY(read_at(fd, 0, beginning));
  if (format_of(std::span(beginning).first(count)) != ArchiveFormat::tar) return list_zip(fd, limits, password, size);
  return ListedArchive{ArchiveFormat::tar, FO_TRY(read_stream(fd, ArchiveFormat::tar, limits, nullptr, size))};
}

}  // namespace failover
