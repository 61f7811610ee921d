#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// Serves the one request in SSH_ORIGINAL_COMMAND and prints the answer line.
Result<cli::Outcome> run_serve_fence(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
