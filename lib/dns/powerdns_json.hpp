#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "dns/provider_client.hpp"
#include "dns/record_set.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// The record sets at `name` in PowerDNS's answer about a zone. Kind config: one of them is disabled, so what is served
/// is not what is written.
Result<std::vector<RecordSet>> parse_powerdns_zone(std::string_view json, const DnsName& name);

/// The body of a PATCH: each set of names and types that is touched is written anew, or taken away.
std::string powerdns_patch(const RecordChange& change);

/// What an error says, which may be plain text or a web page.
ProviderComplaint powerdns_complaint(int status, std::string_view body);

}  // namespace failover
