#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// --print-states: the very table that the run, the journal and the plan follow, as a diagram. It stands alone: beside
/// a command it is an error of kind usage, for in the configuration file it would take that command's place.
Result<cli::Outcome> print_states(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
