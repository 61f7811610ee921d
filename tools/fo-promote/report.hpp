#pragma once

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"

namespace failover::promote_tool {

/// Prints the timeline and makes the run's outcome. A stop by a signal comes back as the error it is, for its exit
/// status is the signal's.
Result<cli::Outcome> report_outcome(const PromotionReport& report, cli::Session& session);

}  // namespace failover::promote_tool
