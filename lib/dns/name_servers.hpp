#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "dns/primary_server.hpp"
#include "dns/service_reading.hpp"
#include "net/address.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// One name of a zone's NS set, or one server that was named by hand, and where it listens.
struct NameServer {
  std::string name;
  Result<std::vector<Address>> addresses;  ///< at least one; an error if it cannot be found
  DnsAsk ask = {};                         ///< how to ask it, if not plainly
};

/// The authoritative servers as the primary's NS set lists them. Their addresses come from its additional section,
/// else from the primary if it is authoritative for them, else from the system's resolver. Addresses of a family that
/// this host has no route for are left out unless a server has no others.
Result<std::vector<NameServer>> find_name_servers(const PrimaryServer& primary, const DnsName& zone, std::uint16_t port,
                                                  const Context& context);

/// Adds the primary, to be asked with its signature, unless its address is among those of the servers.
void add_hidden_primary(std::vector<NameServer>& servers, const std::shared_ptr<const PrimaryServer>& primary,
                        const Context& context);

/// The servers that were named by hand.
std::vector<NameServer> named_servers(const std::vector<HostPort>& places, const Context& context);

}  // namespace failover
