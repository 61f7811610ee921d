#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// Everything that changes nothing in production, with measured times, and a line in the journal of drills.
Result<cli::Outcome> run_drill(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
