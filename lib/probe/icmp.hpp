#pragma once

#include "probe/prober.hpp"

namespace failover {

/// icmp://: up when an echo request is answered with its identifier, a sequence number of this check and its random
/// payload. Weak: the kernel answers for a PBX that hangs. Unknown if this host lets us send none.
Pending start_icmp(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                   CheckDone done);

}  // namespace failover
