#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "archive/proven_entries.hpp"
#include "fetch/archive_end.hpp"
#include "fetch/delta_base.hpp"
#include "fetch/delta_index.hpp"
#include "fetch/delta_plan.hpp"
#include "fetch/download.hpp"
#include "fetch/metered_source.hpp"
#include "fetch/partial.hpp"

namespace failover {

/// A delta that is to be done: what lies where in the new archive, and from where it comes.
struct Delta {
  DeltaBase base;
  PackedIndex theirs;
  DeltaPlan plan;
  std::vector<GrownEntry> begun;  ///< whose beginning is taken from the base
};

/// What a delta works on. Owns nothing.
struct DeltaJob {
  Source& source;
  const ObjectInfo& object;
  Partial& partial;
  const DownloadOptions& download;
  const LinkMeter& meter;
};

/// Puts the index into `partial` and compares it with the newest backup that is here. None when fetching everything is
/// cheaper; `reason` then says why.
Result<std::optional<Delta>> prepare_delta(const DeltaJob& job, const ArchiveIndex& index,
                                           std::span<const StoredBackup> stored, const std::string& source,
                                           std::string& reason, const Context& context);

/// Copies and fetches, then proves each entry that was put together from two by its CRC-32 and fetches anew what is not
/// right. Afterwards everything is in `partial`, and nothing of a base that was not what its sidecar says.
/// @return what of the result need not be unpacked again; for as long as the delta is there
Result<ProvenEntries> apply_delta(const DeltaJob& job, const Delta& delta, std::vector<std::string>& warnings,
                                  const Context& context);

/// Fetches the local headers of all entries that were copied; false when everything would come sooner.
Result<bool> fetch_unproved(const DeltaJob& job, const Delta& delta, const Context& context);

}  // namespace failover
