#pragma once

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// run and resume. @param touched set to the exit status that stands for what the run has done, whatever still goes
/// wrong after it; 0 while nothing was touched
Result<cli::Outcome> run_promotion(const PromoteOptions& options, cli::Session& session, int& touched);

Result<cli::Outcome> run_abort(const PromoteOptions& options, cli::Session& session);

/// --unattended and --boot are --confirm with the configured service; an error of kind usage where they do not belong.
Result<void> settle_confirmation(PromoteOptions& options);

/// Without a terminal --confirm must name the service; an error of kind usage. Asks nothing of the world.
Result<void> check_confirmation(const PromoteOptions& options, const PromotionSettings& settings);

/// Whether a person will be asked: there is one, and no --confirm speaks for him.
bool is_attended(const PromoteOptions& options);

}  // namespace failover::promote_tool
