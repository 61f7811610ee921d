#pragma once

#include <string>
#include <string_view>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// The two names that a hosts file is looked through for.
struct HostsNames {
  std::string service;       ///< empty: it is about the mark alone
  std::string epoch_record;  ///< empty: the mark lives elsewhere
};

/// What a hosts file (hosts(5)) says of the service: the addresses of the lines that name it, and the mark in the
/// comment "# EPOCH_RECORD epoch=.. node=.. time=..". Errors of kind config: a line that names others, too, since their
/// address would move along; two marks, or one that cannot be read.
Result<ServiceRecord> service_in_hosts(std::string_view text, const HostsNames& names);

/// The text with the service's lines and its mark changed to `to`, and everything else byte for byte as it was. A line
/// whose address changes keeps what stands behind it. Pure.
Result<std::string> hosts_with(std::string_view text, const HostsNames& names, const ServiceRecord& to);

}  // namespace failover
