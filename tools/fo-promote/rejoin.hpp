#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// The old host becomes the standby of the one that serves.
Result<cli::Outcome> run_rejoin(const PromoteOptions& options, cli::Session& session);

/// Another node becomes the active one again, and this host stops.
Result<cli::Outcome> run_give_back(const PromoteOptions& options, cli::Session& session, int& touched);

}  // namespace failover::promote_tool
