#pragma once

#include <string_view>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// `hosts:///FILE`: the service's lines in a hosts file on this host, for dnsmasq(8) or hosts(5). Everything else stays
/// byte for byte; the file is replaced under a lock, with its mode and owner. One host's file says nothing of
/// another's, so this is Swap::checked and decides nothing between two hosts.
Result<DnsView> make_hosts_view(std::string_view url, std::string_view service, std::string_view epoch_record);

}  // namespace failover
