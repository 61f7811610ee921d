#pragma once

#include <string_view>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// `clouddns://PROJECT/ZONE?[credentials-file=F][&endpoint=URL][&ca-file=F]`; ZONE is the managed zone's own name.
/// Deletions of a change must be exactly what is there, so this is Swap::atomic.
Result<DnsView> make_clouddns_view(std::string_view url, std::string_view service, std::string_view epoch_record);

}  // namespace failover
