#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool {

/// What this host knows of itself.
HostFacts facts_of_this_host();

/// The addresses behind "nameserver" in resolv.conf(5), without loopback ones, which are this host. Pure.
std::vector<std::string> resolvers_in(std::string_view resolv_conf);

}  // namespace failover::promote_tool
