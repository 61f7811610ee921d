#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "archive/entry_record.hpp"
#include "archive/proven_entries.hpp"
#include "core/secret.hpp"

namespace failover {

/// An entry and the file that becomes of it.
struct UnpackTask {
  const ArchiveEntry* entry = nullptr;
  std::uint32_t folder = no_folder;  ///< its place in UnpackOrder::folders; no_folder = only check
  std::uint64_t slot = 0;
};

struct UnpackOrder {
  std::string_view name;  ///< of the task, for progress
  int archive = -1;
  const ArchiveListing& listing;  ///< what is in it
  const Secret* password = nullptr;
  std::vector<int> folders{};  ///< descriptors of directories
  std::vector<UnpackTask> tasks{};
};

/// Carries it out in processes of their own that are shut in (fo-unpack), one for each core where the format allows it.
/// Each file is made new beneath its folder, mode 0600, with its modification time; size and CRC-32 are those of the
/// entry or it is an error of kind integrity. Nothing is flushed to disk.
Result<void> unpack_entries(const UnpackOrder& order, const Context& context);

/// Looks into those entries that say what is in a backup, in one process that is shut in: no byte of them comes here.
Result<BackupContents> inspect_entries(int archive, const ArchiveListing& listing, const Secret* password,
                                       const Context& context);

/// Unpacks every file of a listing to check it, and keeps nothing. What a listing of its format has proved already is
/// not done again, and those whose packed bytes are `proven` are compared instead.
/// @param proven nullptr = none
/// @return how many were compared instead
Result<std::uint64_t> verify_entries(int archive, const ArchiveListing& listing, ProvenEntries* proven,
                                     const Context& context);

}  // namespace failover
