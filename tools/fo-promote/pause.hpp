#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// Begins or ends a maintenance. Status 3 when a promotion may be under way that has not heeded it.
Result<cli::Outcome> run_pause(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
