#pragma once

#include <cstdint>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/check.hpp"

namespace failover {

/// Counts one more entry; ArchiveRule::max_files and max_size.
/// @param before how many entries were counted
Result<void> add_to(ArchiveSummary& summary, const ArchiveEntry& entry, std::uint64_t before,
                    const ArchiveLimits& limits);

/// ArchiveRule::max_ratio.
Result<void> check_ratio(const ArchiveSummary& summary, std::uint64_t archive_size, const ArchiveLimits& limits);

/// ArchiveRule::empty_archive.
Result<void> check_not_empty(const ArchiveSummary& summary);

}  // namespace failover
