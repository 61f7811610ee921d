#pragma once

#include "probe/prober.hpp"

namespace failover {

/// dns://: asks the server for `?type=` (A) of a name, with recursion desired, over UDP; a truncated answer is asked
/// for again over TCP (RFC 7766). What the answer means: judge_dns_answer().
Pending start_dns(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                  CheckDone done);

}  // namespace failover
