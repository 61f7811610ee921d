#pragma once

#include <string>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// What no updater ever writes, whatever the server would take: see DnsUpdater::replace(). Kind refused.
Result<void> check_swap(const ServiceRecord& from, const ServiceRecord& to);

/// The same record with its addresses as canonical_addresses() writes them.
Result<ServiceRecord> canonical_record(ServiceRecord record);

/// "192.0.2.1 with 'epoch=3 ..'", for messages.
std::string in_words(const ServiceRecord& record);

}  // namespace failover
