#pragma once

#include "probe/prober.hpp"

namespace failover {

/// tcp://: up when the connection is accepted. Weak: the kernel accepts for a process that hangs.
Pending start_tcp(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                  CheckDone done);

}  // namespace failover
