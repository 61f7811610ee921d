#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/name_servers.hpp"
#include "dns/service_reading.hpp"

namespace failover {

/// Finds the servers to ask, afresh each time: a zone's NS set may change while we wait.
using FindServers = std::function<Result<std::vector<NameServer>>(const Context&)>;

/// Asks every address of every server for itself, all at once, over TCP and without recursion; over UDP where TCP is
/// refused. An answer without the AA bit is a lame server's and no answer. A server has 5 seconds.
/// @param view for messages: which zone at which primary
std::unique_ptr<DnsVerifier> make_authority_verifier(std::string view, ServiceNames names, FindServers find);

}  // namespace failover
