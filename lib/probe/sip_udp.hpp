#pragma once

#include "probe/prober.hpp"

namespace failover {

/// sip:// over UDP: one OPTIONS transaction (RFC 3261 section 17.1.2) on a connected socket of its own.
Pending start_sip_udp(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                      CheckDone done);

}  // namespace failover
