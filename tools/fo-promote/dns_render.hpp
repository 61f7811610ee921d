#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/session.hpp"

namespace failover::promote_tool {

/// "192.0.2.1 (TTL 60 s), epoch 3 of a", or why it is not known.
std::string record_text(const Result<ServiceRecord>& record);

/// What the authoritative servers say, a line and an "answer" object each. @return how many differ from `wanted`
std::size_t show_answers(const std::vector<ServerAnswer>& answers, const ServiceRecord& wanted, cli::Session& session);

/// What the resolvers have in their caches, a line and a "resolver" object each. They decide nothing here.
Result<void> show_resolvers(const std::vector<std::string>& resolvers, const std::string& service,
                            const ServiceRecord& wanted, cli::Session& session);

/// What came of each view, a line and a "view" object each.
void show_outcomes(const std::vector<ViewOutcome>& views, cli::Session& session);

}  // namespace failover::promote_tool
