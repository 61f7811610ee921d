#pragma once

#include <failover/error.hpp>

#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "restore/slots.hpp"
#include "restore/survey.hpp"

namespace failover {

/// Asks beforehand for all that applying needs and that could fail half way: an exchange on each file system, write
/// access to each directory, no immutable file or directory, inodes for the directories that come.
Result<void> preflight(const LiveTree& tree, const Slots& slots, const Survey& survey, const DraftPlan& plan);

}  // namespace failover
