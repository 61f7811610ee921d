#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/primary_server.hpp"
#include "dns/service_reading.hpp"
#include "net/dns_client.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// A zone that is changed by RFC 2136 updates signed with TSIG.
struct Rfc2136Zone {
  std::shared_ptr<const PrimaryServer> primary;
  DnsName zone;
  ServiceNames names;
  std::chrono::seconds ttl{60};  ///< of records written without a TTL of their own
};

/// Compare-and-swap on one primary: what was read goes into the update as prerequisites (RFC 2136 section 2.4), so the
/// server itself decides, in one step, whether it still holds.
std::unique_ptr<DnsUpdater> make_rfc2136_updater(Rfc2136Zone zone);

/// `rfc2136://SERVER[:53]/ZONE?key-file=F[&from=..&to=..&ttl=60][&verify=ADDR[:PORT],..][&ns-port=53]`.
/// @param clock for signatures; tests set it wrong
Result<DnsView> make_rfc2136_view(std::string_view url, std::string_view service, std::string_view epoch_record,
                                  const WallClock& clock);

}  // namespace failover
