#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <failover/error.hpp>

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
  std::vector<DraftAct> acts;  ///< in the order in which they are done
  std::uint64_t unchanged = 0;
};

/// The facts that decide: what the backup holds, what we put there last time (nullptr = nothing), what is there now.
struct PlanFacts {
  const std::vector<ArchiveEntry>& entries;
  const RestoreManifest* manifest = nullptr;
  const Survey& survey;
  bool take_over = false;
};

/// Pure: facts in, plan out. The slot of a file is its place in `entries`; removals count on from there. Refused (kind
/// refused) is a non-empty target that no manifest covers, and whatever we would have to write through or destroy.
Result<DraftPlan> plan_restore(const PlanFacts& facts);

/// Every path that the survey for such a plan must look at.
std::set<std::string> paths_to_survey(const std::vector<ArchiveEntry>& entries, const RestoreManifest* manifest);

/// Removes first, then directories that go (deepest first), directories that come, files.
void put_in_order(std::vector<DraftAct>& acts);

/// The mount that a file at `path` belongs to, also when it is not there yet.
std::string mount_of(const Survey& survey, const std::string& path);

/// What must go when a database at `path` is changed; `n` counts the slots.
std::vector<DraftAct> remove_logs_of(const std::string& path, const Survey& survey, std::uint64_t& n);

/// Refuses what lies at `path` unless it is an ordinary file that a rename can move.
Result<void> check_movable(const std::string& path, const LivePath& live);

}  // namespace failover
