#pragma once

#include "probe/prober.hpp"

namespace failover {

/// http:// and https://: up when the page answers with 2xx to 4xx, or with what `?expect=` names, and
/// its first 64 KiB hold `?body=`. For https the handshake must complete; what is wrong with the certificate is a
/// grade, unless `?verify=require`.
Pending start_http(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                   CheckDone done);

}  // namespace failover
