#pragma once

#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/dns_name.hpp"

namespace failover {

/// Where a name is answered for with authority, as the system's resolver sees it.
struct FoundZone {
  DnsName zone;
  std::vector<std::string> servers;  ///< names, at least one
};

/// The closest name at or above this one that has NS records. Errors: not_found, unreachable, timeout.
Result<FoundZone> find_zone(const DnsName& name, const Context& context);

}  // namespace failover
