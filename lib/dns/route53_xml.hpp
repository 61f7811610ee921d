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

/// The answer to GetHostedZone.
Result<ProviderZone> parse_route53_zone(std::string_view xml);

/// The record sets at `name` in an answer to ListResourceRecordSets that began there. Kind config: one is an alias of
/// Amazon's, or one of several that a routing policy chooses from.
Result<std::vector<RecordSet>> parse_route53_sets(std::string_view xml, const DnsName& name);

/// Where a change stands.
struct Route53Change {
  std::string id;        ///< letters and digits
  bool in_sync = false;  ///< every server of the zone has it
};

/// The answer to ChangeResourceRecordSets and GetChange.
Result<Route53Change> parse_route53_change(std::string_view xml);

/// The body of ChangeResourceRecordSets: DELETE with the exact old values, then CREATE, which fails where something is.
std::string route53_batch(const RecordChange& change);

ProviderComplaint route53_complaint(int status, std::string_view body);

}  // namespace failover
