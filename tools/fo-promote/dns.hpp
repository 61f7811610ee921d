#pragma once

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// What the primary, every authoritative server and the resolvers to watch give for each view. Status 3 when servers
/// differ, or when the TTL is longer than a failover can bear.
Result<cli::Outcome> run_dns_show(const PromoteOptions& options, cli::Session& session);

/// The bare DNS primitive: each view from its old addresses to its new ones, read back; the epoch stays.
Result<cli::Outcome> run_dns_set(const PromoteOptions& options, cli::Session& session);

/// Waits until every authoritative server, and every --resolver, gives --to, or else what the primary gives.
Result<cli::Outcome> run_dns_verify(const PromoteOptions& options, cli::Session& session);

/// Gives the records another TTL and nothing else.
Result<cli::Outcome> run_dns_set_ttl(const PromoteOptions& options, cli::Session& session);

/// dns set --canary: a drill of the whole way with a name that nobody calls.
Result<cli::Outcome> run_dns_canary(const PromoteOptions& options, cli::Session& session);

}  // namespace failover::promote_tool
