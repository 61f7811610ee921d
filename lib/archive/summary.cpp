#include "archive/summary.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_rule.hpp"
#include "archive/check.hpp"
#include "core/clock.hpp"

namespace failover {

Result<void> add_to(ArchiveSummary& summary, const ArchiveEntry& entry, std::uint64_t before,
                    const ArchiveLimits& limits) {
  if (before >= limits.max_files) {
    return refuse(ArchiveRule::max_files,
                  "it holds more entries than --max-files allows, " + std::to_string(limits.max_files));
  }
  if (entry.kind != EntryKind::file) return {};
  ++summary.files;
  // Compared before adding: the sum cannot wrap round.
  if (entry.size > limits.max_size || summary.bytes > limits.max_size - entry.size) {
    return refuse(ArchiveRule::max_size, entry.path,
                  "with it the files are larger than --max-size " + human_size(limits.max_size));
  }
  summary.bytes += entry.size;
  summary.newest_content = std::max(summary.newest_content, entry.modified);
  return {};
}

Result<void> check_ratio(const ArchiveSummary& summary, std::uint64_t archive_size, const ArchiveLimits& limits) {
  if (summary.bytes / limits.max_ratio < archive_size) return {};
  return refuse(ArchiveRule::max_ratio,
                fmt::format("{} of archive would unpack to {}: more than --max-ratio {}", human_size(archive_size),
                            human_size(summary.bytes), limits.max_ratio));
}

Result<void> check_not_empty(const ArchiveSummary& summary) {
  if (summary.files == 0) return refuse(ArchiveRule::empty_archive, "it holds no file");
  return {};
}

}  // namespace failover
