#pragma once

#include <functional>
#include <string_view>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/session.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// Shows the evidence and asks the person at the terminal, or takes --confirm, which must be the service's name.
/// @param approved called when the run may touch things
PromotionApproval make_approval(const PromoteOptions& options, const PromotionSettings& settings,
                                const cli::Session& session, std::function<void()> approved);

/// The name is typed now or it stands on the command line, before what runs here is stopped or started.
/// @param what happens then, as a clause
Result<void> confirm_service(const PromoteOptions& options, const PromotionSettings& settings, std::string_view what,
                             const cli::Session& session);

}  // namespace failover::promote_tool
