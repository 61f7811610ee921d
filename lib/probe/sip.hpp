#pragma once

#include "probe/prober.hpp"

namespace failover {

/// sip:// and sips://, over the transport that the target names.
Pending start_sip(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                  CheckDone done);

}  // namespace failover
