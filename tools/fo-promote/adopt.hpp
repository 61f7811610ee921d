#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// Asks for the service's name, or takes --confirm, and makes this host the active one on record.
Result<cli::Outcome> run_adopt(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
