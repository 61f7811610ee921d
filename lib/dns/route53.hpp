#pragma once

#include <string_view>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// `route53://ZONEID?[credentials-file=F][&profile=default][&region=us-east-1][&endpoint=URL][&ca-file=F]`. One change
/// batch deletes exactly what was read and creates what is new; Route 53 does all of it or nothing: Swap::atomic.
Result<DnsView> make_route53_view(std::string_view url, std::string_view service, std::string_view epoch_record);

}  // namespace failover
