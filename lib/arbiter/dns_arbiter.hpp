#pragma once

#include <memory>

#include <failover/arbiter.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

namespace failover {

/// The epoch mark in DNS as the arbiter's record: each change is a compare-and-swap on the whole TXT as it was read, so
/// of many that claim at once one wins. There is no lease. A claim stands until it is released, given back or
/// superseded by a later one, whose claimant must fence the earlier one; as long as its run may be at work, unattended
/// runs elsewhere wait. Errors of kind usage: no options.mark, or one without real prerequisites (Swap::checked).
Result<std::unique_ptr<Arbiter>> make_dns_arbiter(const ArbiterOptions& options);

}  // namespace failover
