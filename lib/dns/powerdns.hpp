#pragma once

#include <string_view>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// `powerdns+https://HOST[:443]/ZONE?key-file=F[&server=localhost][&ca-file=F]`, and powerdns+http (port 8081), which
/// shows the key to the network. Changed over PowerDNS's own HTTP API, in one transaction but without comparing.
Result<DnsView> make_powerdns_view(std::string_view url, std::string_view service, std::string_view epoch_record);

}  // namespace failover
