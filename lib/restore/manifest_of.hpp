#pragma once

#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "state/restore_manifest.hpp"

namespace failover {

/// What of a manifest lies beneath these roots, by the paths that entries have now: prefixes may have changed since.
RestoreManifest manifest_for(const RestoreManifest& manifest, const std::vector<RestoreRoot>& roots);

/// What the tree will hold of ours once the plan is applied. Pure; change times are not known yet.
RestoreManifest manifest_of(const PlanFacts& facts, const DraftPlan& plan);

/// Fills in modification and change times from the live files after they were put there.
Result<void> complete_manifest(const LiveTree& tree, RestoreManifest& manifest);

}  // namespace failover
