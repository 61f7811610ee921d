#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "net/resolver.hpp"
#include "net/service_records.hpp"
#include "probe/sip_options.hpp"
#include "probe/sip_route.hpp"

namespace failover {

/// One place where a SIP domain is served.
struct SipServer {
  SipTransport transport = SipTransport::udp;
  Address address;
};

struct SipServers {
  std::vector<SipServer> found;  ///< in the order in which they are to be tried, at most eight
  /// A look-up of some of them failed: what is not found may be the one that serves (property unknown-is-not-down).
  std::optional<Error> missing;
};

/// Finds the servers of a domain (RFC 3263): NAPTR, then SRV, then addresses; where there are no such records, the next
/// step goes by the name itself. A look-up that fails is an error and never "no such record". Destroying it cancels.
class SipLocator {
 public:
  using Done = std::function<void(Result<SipServers>)>;

  SipLocator(Resolver& resolver, const Target& target, Deadline deadline);
  /// `done` is called once, from the loop.
  void start(Done done);

 private:
  void on_naptr(const Result<ServiceRecords>& records);
  void ask_services();
  void on_srv(SipTransport transport, const Result<ServiceRecords>& records);
  void ask_hops();
  void on_addresses(SipTransport transport, const Result<std::vector<Address>>& addresses);
  void end(Result<SipServers> result);

  Resolver& resolver_;
  const Target& target_;
  Deadline deadline_;
  Done done_;
  Resolver::Lookup lookup_;
  std::vector<SipService> services_;
  std::size_t next_service_ = 0;
  bool refused_ = false;  ///< some service is decidedly not available
  std::vector<SipHop> hops_;
  std::size_t next_hop_ = 0;
  SipServers servers_;
  std::optional<Error> absent_;  ///< of a host that has no address
};

}  // namespace failover
