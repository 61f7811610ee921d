#pragma once

#include <failover/error.hpp>
#include <failover/role.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// The list of what stands between now and a good failover, as a monitoring plugin: status 0 to 3, nothing else.
Result<cli::Outcome> run_ready(const PromoteOptions& options, cli::Session& session);

/// --max-ttl, --min-free, --max-drill-age and --skip; kind usage for a check that there is not.
Result<ReadySettings> ready_settings(const PromoteOptions& options);

/// Like assemble(), but a hook that cannot be run is no error: that is for the list to say.
Result<Assembly> assemble_for_ready(PromoteOptions options, const cli::Session& session);

}  // namespace failover::promote_tool
