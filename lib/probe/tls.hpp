#pragma once

#include "probe/prober.hpp"

namespace failover {

/// tls://: up when the handshake completes, whatever the protocol behind it. What is wrong with the certificate is a
/// grade, unless `?verify=require`. Not weak: the process itself must take part.
Pending start_tls(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                  CheckDone done);

}  // namespace failover
