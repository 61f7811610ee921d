#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/service_reading.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// The records of one name and type as a provider's interface has them.
struct RecordSet {
  DnsName name;
  std::string type;  ///< "A"
  std::uint32_t ttl = 0;
  std::vector<std::string> values;    ///< as the provider writes them; TXT in quotes or without
  std::vector<std::string> ids = {};  ///< of each value, where the provider has such

  bool operator==(const RecordSet&) const = default;
};

/// What one change takes away and what it puts there.
struct RecordChange {
  std::vector<RecordSet> remove;
  std::vector<RecordSet> add;

  [[nodiscard]] bool empty() const noexcept { return remove.empty() && add.empty(); }
};

/// What the record sets at the two names say of the service. Errors as read_service() has them: refused for an alias,
/// protocol for what is no address or no mark.
Result<ServiceRecord> service_in(const std::vector<RecordSet>& sets, const ServiceNames& names);

/// What must be changed so that `sets` say `to`; sets that already do, TTL included, are left alone. Pure.
/// @param ttl of what is written, unless `to` has one
Result<RecordChange> change_to(const std::vector<RecordSet>& sets, const ServiceNames& names, const ServiceRecord& to,
                               std::chrono::seconds ttl);

/// The one string of a TXT value, in quotes (RFC 1035 section 5.1) or bare; an error of kind protocol for several.
Result<std::string> txt_content(std::string_view value);
std::string quoted_txt(std::string_view content);

}  // namespace failover
