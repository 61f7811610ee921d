#pragma once

#include <vector>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "state/restore_manifest.hpp"

namespace failover {

/// What the tree will hold of ours once the plan is applied. Pure; change times are not known yet.
RestoreManifest manifest_of(const PlanFacts& facts, const DraftPlan& plan);

/// Fills in modification and change times from the live files after they were put there.
Result<void> complete_manifest(const LiveTree& tree, RestoreManifest& manifest);

}  // namespace failover
