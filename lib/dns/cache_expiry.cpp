#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include <failover/context.hpp>
#include <failover/dns.hpp>

namespace failover {

namespace {

bool is_v6(const std::string& address) {
  return address.find(':') != std::string::npos;
}

bool has_family(const ServiceRecord& record, bool v6) {
  return std::ranges::any_of(record.addresses, [v6](const std::string& address) { return is_v6(address) == v6; });
}

}  // namespace

std::optional<WallTime> caches_expire(const ServiceRecord& before, const ServiceRecord& after, WallTime followed) {
  std::chrono::seconds longest{0};
  const auto old = endpoints_of(before);
  if (!old.empty()) longest = before.ttl;
  bool was_absent = old.empty();
  if (before.targets.empty()) {
    for (const bool v6 : {false, true}) was_absent = was_absent || (has_family(after, v6) && !has_family(before, v6));
  }
  if (was_absent) longest = std::max(longest, before.negative_ttl);
  if (old == endpoints_of(after) || longest.count() == 0) return std::nullopt;
  return followed + longest;
}

}  // namespace failover
