#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// Asks what a pair of hosts needs, looks at each answer, writes the configuration, and ends with the list of `ready`.
Result<cli::Outcome> run_init(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
