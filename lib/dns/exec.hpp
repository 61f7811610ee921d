#pragma once

#include <string_view>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// `exec:///FILE[?timeout=30s]`: a program of the admin's does the work; what it does is read back through it. With
/// verify= the name servers are asked instead. Nobody knows how it compares, so this is Swap::checked.
Result<DnsView> make_exec_view(std::string_view url, std::string_view service, std::string_view epoch_record);

}  // namespace failover
