#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// This host stops to serve and leaves the record; with --dry-run the plan. @param touched as for run_promotion()
Result<cli::Outcome> run_demote(const PromoteOptions& options, cli::Session& session, int& touched);

/// give-back of this very host: a demotion that stopped half way is undone.
Result<cli::Outcome> run_serve_again(const PromoteOptions& options, cli::Session& session, int& touched);

}  // namespace failover::promote_tool
