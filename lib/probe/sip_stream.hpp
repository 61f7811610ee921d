#pragma once

#include "probe/prober.hpp"

namespace failover {

/// sip:// over TCP and sips://: one OPTIONS transaction on a connection of its own, never retransmitted.
Pending start_sip_stream(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                         CheckDone done);

}  // namespace failover
