#pragma once

#include <optional>
#include <string_view>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// `observe://`: a name that somebody else moves, such as a PBX its own. Nothing is changed: replace() waits until
/// every authoritative server gives the new addresses, and then writes the mark, which lives elsewhere.
/// @param mark a view of the epoch record alone; none: marks cannot be written
Result<DnsView> make_observe_view(std::string_view url, std::string_view service, std::optional<DnsView> mark);

}  // namespace failover
