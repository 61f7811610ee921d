#pragma once

#include <memory>

#include <failover/arbiter.hpp>
#include <failover/registry.hpp>

namespace failover {

/// The person at the terminal decides who promotes. It keeps no record anywhere: it can count epochs up from what DNS
/// and the journal know and hold one run to its own claim, but it cannot keep two persons on two standbys apart.
/// Unattended it is therefore refused unless the configuration says that this is the only standby.
std::unique_ptr<Arbiter> make_operator_arbiter(const ArbiterOptions& options);

}  // namespace failover
