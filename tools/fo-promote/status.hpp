#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// What this host is. Status 9 when a promotion was interrupted and no run is at work, 3 when a good drill is overdue,
/// else 0.
Result<cli::Outcome> run_status(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
