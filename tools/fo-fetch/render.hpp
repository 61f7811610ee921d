#pragma once

#include <vector>

#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "cli/output.hpp"
#include "cli/tool.hpp"

namespace failover::cli {

/// Each prints its result on `output` and tells how the run ended.
Result<Outcome> show_list(const std::vector<FetchCandidate>& candidates, Output& output);
/// The plan's object alone, for --json.
void tell_plan(const FetchPlan& plan, Output& output);
Outcome show_plan(const FetchPlan& plan, Output& output);
Outcome show_outcome(const FetchOutcome& outcome, Output& output);

}  // namespace failover::cli
