#include "probe/sip.hpp"

#include <utility>

#include <failover/context.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "probe/prober.hpp"
#include "probe/sip_options.hpp"
#include "probe/sip_stream.hpp"
#include "probe/sip_transaction.hpp"
#include "probe/sip_udp.hpp"

namespace failover {

Pending start_sip(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                  CheckDone done) {
  const auto start = sip_transport(target) == SipTransport::udp ? &start_sip_udp : &start_sip_stream;
  return start(place, target, address, deadline, std::move(done));
}

}  // namespace failover
