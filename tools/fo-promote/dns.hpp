#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// What every view's primary and authoritative servers give. Status 3 when they do not agree.
Result<cli::Outcome> run_dns_show(const PromoteOptions& options, cli::Session& session);

/// The bare primitive: --from to --to in every view, as compare-and-swap, read back.
Result<cli::Outcome> run_dns_set(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
