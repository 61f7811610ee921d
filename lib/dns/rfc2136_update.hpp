#pragma once

#include <chrono>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/service_reading.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// The UPDATE that makes `from` into `to` (RFC 2136 section 2). Its prerequisites name everything that was read: each
/// address set by value, or that it does not exist, the TXT the same way, and that neither name is an alias, because
/// RFC 2136 section 3.4.2.2 has a server skip an address at an alias without a word. Pure.
/// Only what `names` are about is demanded and written. An error of kind refused for what must never be written: see
/// DnsUpdater::replace().
Result<DnsMessage> swap_update(const DnsName& zone, const ServiceNames& names, const ServiceRecord& from,
                               const ServiceRecord& to, std::chrono::seconds ttl);

/// An UPDATE that asks for the right to write both names but changes nothing: its prerequisites contradict each other,
/// and if a server ignored them, it would delete records that nobody has. Pure.
/// @param alias the service's name is one: that is then the record to have the right to
Result<DnsMessage> access_update(const DnsName& zone, const ServiceNames& names, bool alias);

}  // namespace failover
