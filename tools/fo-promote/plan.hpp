#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// Facts and steps on stdout; status 0 when a run could go now, else 4.
Result<cli::Outcome> run_plan(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
