#pragma once

#include <functional>

#include <failover/promoter.hpp>

#include "cli/session.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// Shows the evidence and asks the person at the terminal, or takes --confirm, which must be the service's name.
/// @param approved called when the run may touch things
PromotionApproval make_approval(const PromoteOptions& options, const PromotionSettings& settings,
                                const cli::Session& session, std::function<void()> approved);

}  // namespace failover::promote_tool
