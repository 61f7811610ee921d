#pragma once

#include <string_view>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// `observe://`: a name that somebody else moves, such as a PBX its own. Nothing is changed: replace() waits until
/// every authoritative server gives the new addresses. It holds no mark: with an epoch record it has no right to write.
Result<DnsView> make_observe_view(std::string_view url, std::string_view service, std::string_view epoch_record);

}  // namespace failover
