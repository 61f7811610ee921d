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

/// A zone as Cloudflare knows it.
struct CloudflareZone {
  std::string id;  ///< letters and digits
  ProviderZone zone;
};

/// The answer about one zone, or to the question which zones of this name there are: exactly one.
Result<CloudflareZone> parse_cloudflare_zone(std::string_view json);

/// The record sets at `name`. Kind config: one is proxied by Cloudflare, so it gives other addresses than its own.
Result<std::vector<RecordSet>> parse_cloudflare_records(std::string_view json, const DnsName& name);

/// The body of a batch: deletions by identity, then what is new.
std::string cloudflare_batch(const RecordChange& change);

ProviderComplaint cloudflare_complaint(int status, std::string_view body);

}  // namespace failover
