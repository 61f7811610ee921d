#pragma once

#include <optional>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// What this host is. Status 9 when a promotion was interrupted and no run is at work, 3 when a good drill is overdue,
/// else 0.
Result<cli::Outcome> run_status(const PromoteOptions& options, cli::Session& session);

/// Until when no promotion goes unattended since the last one has just ended; none when that is not so.
std::optional<WallTime> quiet_until(const PromotionStatus& status, Duration min_uptime);

}  // namespace failover::promote_tool
