#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// Success when this host may start its services, else an error of kind refused with the reason.
Result<cli::Outcome> run_guard(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
