#include "archive/archive_listing.hpp"

#include <algorithm>
#include <cstdint>

#include <sys/stat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_format.hpp"
#include "archive/archive_rule.hpp"
#include "archive/check.hpp"
#include "archive/entry_path.hpp"
#include "archive/entry_tree.hpp"
#include "archive/link_rule.hpp"
#include "archive/summary.hpp"
#include "archive/unpack_worker.hpp"
#include "core/secret.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

UnpackSetup setup_for(int fd, std::uint64_t size, const ArchiveLimits& limits, const Secret* password) {
  constexpr std::uint64_t own_memory = std::uint64_t{1024} * 1024 * 1024;
  constexpr std::uint64_t smallest_entry = 46;
  constexpr std::uint64_t memory_for_an_entry = 1024;
  constexpr std::uint64_t own_seconds = 600;
  constexpr std::uint64_t slowest = 1'000'000;  // bytes a second of CPU
  return {.archive = fd,
          .memory = own_memory + std::min(limits.max_files, size / smallest_entry) * memory_for_an_entry,
          .cpu_s = own_seconds +
                   std::min(limits.max_size, size * std::min(limits.max_ratio, std::uint64_t{1} << 20U)) / slowest,
          .password = password,
          .confinement_at = Level::info};  // once: those that unpack are shut in by the same kernel in the same way
}

Result<void> check_entry(const ArchiveEntry& entry, ArchiveFormat format, std::uint64_t size,
                         const ArchiveLimits& limits, bool sealed) {
  const auto path = entry.path.empty() ? entry.path : FO_TRY(entry_path(entry.path, true));
  if (path != entry.path || (path.empty() && !entry.is_directory())) {
    return refuse(ArchiveRule::name_empty, entry.path, "its name is not in its shortest form");
  }
  if (entry.kind == EntryKind::symlink) {
    if (!limits.symlinks) return refuse(ArchiveRule::entry_type, entry.path, "it is a symbolic link");
    // Where a sealed one ends nobody can see; whoever unpacks it will.
    if (!sealed) FO_TRY(check_link(entry, ""));
  }
  if (format == ArchiveFormat::zip && (entry.place.offset > size || entry.place.packed > size - entry.place.offset)) {
    return refuse(ArchiveRule::overlap, entry.path, "it reaches beyond the end of the archive");
  }
  return {};
}

/// property inside: the process that read the archive may have been taken over by it.
Result<void> check_listing(ArchiveListing& listing, std::uint64_t size, const ArchiveLimits& limits, bool sealed) {
  std::uint64_t before = 0;
  for (const auto& entry : listing.entries) {
    FO_TRY(check_entry(entry, listing.format, size, limits, sealed));
    FO_TRY(add_to(listing.summary, entry, before++, limits));
  }
  FO_TRY(check_not_empty(listing.summary));
  FO_TRY(check_ratio(listing.summary, size, limits));
  return check_tree(tree_of(listing.entries));
}

}  // namespace

Result<ArchiveListing> list_archive(int fd, const ArchiveLimits& limits, const Secret* password,
                                    const Context& context) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return fail_errno("cannot look at the archive");
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::usage, "the archive is not a regular file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  auto worker = FO_TRY(UnpackWorker::start(setup_for(fd, size, limits, password), context));
  const auto on_bytes = [&](std::uint64_t bytes) { context.progress("read", bytes, 0); };
  auto listing = FO_TRY(worker.list(limits, on_bytes, context));
  const bool sealed = limits.encrypted && password == nullptr && listing.format == ArchiveFormat::encrypted_zip;
  FO_TRY(check_listing(listing, size, limits, sealed));
  return listing;
}

}  // namespace failover
