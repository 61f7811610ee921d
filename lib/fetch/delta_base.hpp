#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/proven_entries.hpp"
#include "core/fd.hpp"
#include "fetch/delta_index.hpp"
#include "fetch/delta_plan.hpp"
#include "fetch/partial.hpp"
#include "state/backup_sidecar.hpp"

namespace failover {

/// A backup that is here, to take unchanged entries from. Its index is read at once; its bytes are believed only after
/// copy_from() has seen that the disk has kept all of them.
struct DeltaBase {
  std::filesystem::path path;
  BackupSidecar sidecar;
  Fd fd;
  PackedIndex index;
};

/// The newest backup of this source, else the newest of any; none when there is none, or when it cannot be used.
std::optional<DeltaBase> open_delta_base(std::span<const StoredBackup> stored, std::string_view source,
                                         const Context& context);

/// Copies what is not in `partial` yet, and looks at all of the base while it is at it. Whether the base is what its
/// sidecar says (property good-stays-good), by its CRC-64, or its SHA-256 where the sidecar has no other: if not,
/// nothing that was copied may stay. What is made from it is verified by itself; this is against a disk that lost a
/// bit.
Result<bool> copy_from(const DeltaBase& base, const std::vector<CopyPart>& copies, Partial& partial,
                       const Context& context);

/// Its entries, if each was unpacked when it was verified. Only of a base that copy_from() has found good.
void add_entries(const DeltaBase& base, ProvenEntries& proven);

}  // namespace failover
