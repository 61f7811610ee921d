#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/name_servers.hpp"
#include "dns/service_reading.hpp"
#include "net/address.hpp"
#include "net/dns_name.hpp"
#include "net/dns_stream.hpp"

namespace failover {

/// One address of one authoritative server, to be asked for itself.
struct ServerPlace {
  std::string label;             ///< "ns1.example (192.0.2.1:53)"
  Result<Address> address;       ///< an error if the server's address could not be found
  DnsAsk ask;                    ///< how to ask it, if not plainly
  std::vector<DnsStream> begun;  ///< connections that wait for questions, one for each
};

std::vector<ServerPlace> places_of(const std::vector<NameServer>& servers);

/// What one server says: the record, and the names of the zone's NS set if that was asked for.
struct PlaceAnswer {
  Result<ServiceRecord> record;
  std::set<std::string> name_servers;
};

/// Begins a connection for each question of ask_place(), so that asking takes one round trip: servers keep the second
/// small answer on a connection back until the first is acknowledged (Nagle).
void warm_up(ServerPlace& place, const ServiceNames& names, const std::optional<DnsName>& zone, const Context& context);

/// Asks it. @param zone whose NS set is asked for, too
PlaceAnswer ask_place(ServerPlace& place, const ServiceNames& names, const std::optional<DnsName>& zone,
                      const Context& context);

}  // namespace failover
