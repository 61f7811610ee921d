#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "dns/provider_client.hpp"
#include "dns/record_set.hpp"
#include "dns/zone_api.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// A managed zone.
Result<ProviderZone> parse_clouddns_zone(std::string_view json);

/// The record sets at `name`. Kind config: a routing policy answers in place of one.
Result<std::vector<RecordSet>> parse_clouddns_sets(std::string_view json, const DnsName& name);

/// Where a change stands.
struct ClouddnsChange {
  std::string id;     ///< letters and digits
  bool done = false;  ///< every server of the zone has it
};

Result<ClouddnsChange> parse_clouddns_change(std::string_view json);

/// The body of a change: deletions that must be exactly what is there, and additions of what must not be there.
std::string clouddns_change(const RecordChange& change);

ProviderComplaint clouddns_complaint(int status, std::string_view body);

}  // namespace failover
