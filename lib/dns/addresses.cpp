#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"

namespace failover {

Result<std::vector<std::string>> canonical_addresses(const std::vector<std::string>& addresses) {
  std::vector<std::pair<std::uint16_t, std::string>> keyed;  // type (A before AAAA) and bytes
  for (const auto& address : addresses) {
    auto record = FO_TRY(address_record(DnsName(), address, 0));
    keyed.emplace_back(record.type, std::move(record.rdata));
  }
  std::ranges::sort(keyed);
  const auto repeated = std::ranges::unique(keyed);
  keyed.erase(repeated.begin(), repeated.end());
  std::vector<std::string> canonical;
  canonical.reserve(keyed.size());
  for (auto& [type, bytes] : keyed) {
    canonical.push_back(FO_TRY(address_text(DnsRecord{DnsName(), type, dns_class::in, 0, std::move(bytes)})));
  }
  return canonical;
}

}  // namespace failover
