#pragma once

#include "probe/prober.hpp"

namespace failover {

/// tunnel://: up when the connection is accepted and the peer does not close it within 300 ms. Nothing is sent: a
/// tunnel server refuses a TLS hello, and its protocol is its vendor's.
Pending start_tunnel(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                     CheckDone done);

}  // namespace failover
