#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "restore/survey.hpp"
#include "state/restore_manifest.hpp"
#include "state/restore_plan_file.hpp"

namespace failover {

/// One act before its identities are known.
struct DraftAct {
  RestoreAct act;
  std::uint64_t size = 0;
  std::string reason;
};

struct DraftPlan {
  std::vector<DraftAct> acts;   ///< in the order in which they are done
  std::uint64_t unchanged = 0;  ///< files
  std::uint64_t unchanged_bytes = 0;
};

/// The facts that decide: what the backup holds, what we put there last time (nullptr = nothing), what is there now.
struct PlanFacts {
  const std::vector<ArchiveEntry>& entries;
  const RestoreManifest* manifest = nullptr;
  const Survey& survey;
  const std::vector<RestoreRoot>& roots;  ///< an entry that none of them takes is passed over
  bool take_over = false;
  bool mirror = false;  ///< also what is not in the backup goes; the survey has looked at everything
};

/// Pure: facts in, plan out. The slot of a file is its place in `entries`; removals count on from there. Refused (kind
/// refused) is a non-empty root that no manifest covers, and whatever we would have to write through or destroy.
Result<DraftPlan> plan_restore(const PlanFacts& facts);

/// Refused when an entry is taken by no root (unless `ignore`), or when one is a file where a root begins.
Result<void> check_mapped(const std::vector<ArchiveEntry>& entries, const std::vector<RestoreRoot>& roots, bool ignore);

/// Every path that the survey for such a plan must look at, some of them twice.
std::vector<std::string> paths_to_survey(const std::vector<ArchiveEntry>& entries,
                                         const std::vector<RestoreRoot>& roots, const RestoreManifest* manifest);

/// Removes first, then directories that go (deepest first), directories that come, files.
void put_in_order(std::vector<DraftAct>& acts);

/// The mount that a file at `path` belongs to, also when it is not there yet.
std::string mount_of(const Survey& survey, const std::string& path);

/// What must go when a database at `path` is changed; `n` counts the slots.
std::vector<DraftAct> remove_logs_of(const std::string& path, const Survey& survey, std::uint64_t& n);

/// Refuses what lies at `path` unless a rename can move it: an ordinary file, or a symbolic link where that is expected
/// (the link itself goes, nothing is written through it).
Result<void> check_movable(const std::string& path, const LivePath& live, bool link_expected = false);

/// The CRC-32 by which the manifest knows an entry: of a symbolic link that of its target.
std::uint32_t content_crc(const ArchiveEntry& entry) noexcept;

}  // namespace failover
