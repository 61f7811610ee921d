#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/name_servers.hpp"
#include "dns/service_reading.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// Finds the servers to ask, afresh each time: a zone's NS set may change while we wait.
using FindServers = std::function<Result<std::vector<NameServer>>(const Context&)>;

/// Asks every address of every server for itself, all at once, over TCP and without recursion; over UDP where TCP is
/// refused. An answer without the AA bit is a lame server's and no answer. A server has 5 seconds.
/// @param view for messages: which zone at which primary
/// @param zone whose NS set the servers are; each answer is asked for it too, so that a list that was found earlier is
/// noticed to be old without another round trip. None = a list that was made by hand
std::unique_ptr<DnsVerifier> make_authority_verifier(std::string view, ServiceNames names, FindServers find,
                                                     std::optional<DnsName> zone = std::nullopt);

}  // namespace failover
