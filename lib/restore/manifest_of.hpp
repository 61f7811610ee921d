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

/// What the tree will hold of ours once the plan is applied. Pure. What stays has the times it was surveyed with, so
/// that a change since then shows the next night; those of what comes are not known yet.
RestoreManifest manifest_of(const PlanFacts& facts, const DraftPlan& plan);

/// Fills in the modification and change times of what came, from the live files after they were put there.
Result<void> complete_manifest(const LiveTree& tree, RestoreManifest& manifest);

}  // namespace failover
