#include "restore/backup_contents.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <fcntl.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "archive/unpack_order.hpp"
#include "core/beneath.hpp"
#include "core/file_io.hpp"
#include "inspect/inspector.hpp"
#include "restore/backup_choice.hpp"
#include "restore/scratch_folder.hpp"
#include "restore/slots.hpp"

namespace failover {

namespace {

/// The places in the listing of the entries that an inspector wants to see.
std::vector<std::size_t> wanted_entries(const ArchiveListing& listing) {
  Inspector scout;
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < listing.entries.size(); ++i) {
    const auto& entry = listing.entries[i];
    if (entry.kind == EntryKind::file && scout.begin_entry(entry.path, entry.modified)) wanted.push_back(i);
  }
  return wanted;
}

/// An archive from elsewhere is read by fo-unpack, shut in: what is wanted of it comes here as files.
Result<ScratchFolder> unpack_wanted(const OpenBackup& backup, const std::vector<std::size_t>& wanted,
                                    const Context& context) {
  auto scratch = FO_TRY(ScratchFolder::make());
  UnpackOrder order{.name = "inspect",
                    .archive = backup.file.get(),
                    .listing = backup.listing,
                    .password = backup.key(),
                    .folders = {scratch.fd()}};
  for (const auto i : wanted) order.tasks.push_back({&backup.listing.entries[i], 0, i});
  if (!wanted.empty()) FO_TRY(unpack_entries(order, context));
  return scratch;
}

Result<void> feed_file(Inspector& inspector, int folder, std::uint64_t slot, const Context& context) {
  const auto file = FO_TRY(open_beneath(folder, slot_name(slot), O_RDONLY));
  constexpr std::size_t portion = std::size_t{256} * 1024;
  std::vector<std::byte> buffer(portion);
  for (std::uint64_t offset = 0;;) {
    FO_TRY(context.check());
    const auto count = FO_TRY(read_at(file.get(), offset, buffer));
    if (count == 0) return inspector.end_entry();
    FO_TRY(inspector.feed(std::span<const std::byte>(buffer).first(count)));
    offset += count;
  }
}

}  // namespace

Result<BackupContents> inspect_backup(const OpenBackup& backup, const Context& context) {
  const auto scratch = FO_TRY(unpack_wanted(backup, wanted_entries(backup.listing), context));
  Inspector inspector;
  for (std::size_t i = 0; i < backup.listing.entries.size(); ++i) {
    const auto& entry = backup.listing.entries[i];
    if (entry.kind != EntryKind::file || !inspector.begin_entry(entry.path, entry.modified)) continue;
    FO_TRY(feed_file(inspector, scratch.fd(), i, context));
  }
  return inspector.contents();
}

Result<BackupContents> contents_or_unknown(const OpenBackup& backup, const Context& context) {
  auto contents = inspect_backup(backup, context);
  FO_TRY(context.check());
  if (contents) return contents;
  context.note(Level::warning, contents.error().message + "; what is in the backup is unknown");
  return BackupContents{.kind = "unknown"};
}

}  // namespace failover
