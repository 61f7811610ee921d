#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace failover {

/// The default gateways in the text of /proc/net/route (proc(5)), as dotted IPv4 addresses. Pure.
std::vector<std::string> default_gateways(std::string_view route_table);

/// Those of this host; empty when the table cannot be read.
std::vector<std::string> gateways_of_this_host();

}  // namespace failover
