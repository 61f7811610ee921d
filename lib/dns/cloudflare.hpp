#pragma once

#include <string_view>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// `cloudflare://ZONE?token-file=F[&endpoint=URL][&ca-file=F]`; ZONE is the zone's name or its identifier. Changed in
/// one batch that deletes by identity. Cloudflare does not say that it compares, so this is Swap::checked.
Result<DnsView> make_cloudflare_view(std::string_view url, std::string_view service, std::string_view epoch_record);

}  // namespace failover
