#pragma once

#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "promote/dns_swap.hpp"

namespace failover {

/// What callers of a view get that could not be moved, as its primary tells now. A stop or the deadline leaves no time
/// to ask: unknown.
ViewState look_at_state(DnsView& view, const std::vector<std::vector<std::string>>& from,
                        const std::vector<std::string>& to, const Context& context);

/// Waits until every authoritative server follows; makes the outcome new or mixed.
Result<void> await_followers(DnsView& view, const Swapped& swapped, ViewOutcome& outcome, const Context& context);

}  // namespace failover
