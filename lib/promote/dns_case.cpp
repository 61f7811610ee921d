#include "promote/dns_case.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <failover/dns.hpp>

namespace failover {

std::string_view to_string(DnsCase which) noexcept {
  switch (which) {
    case DnsCase::superseded:
      return "superseded";
    case DnsCase::done:
      return "done";
    case DnsCase::update:
      return "update";
    case DnsCase::foreign:
      return "foreign";
  }
  return "foreign";
}

DnsCase dns_case(const ServiceRecord& current, const std::vector<std::vector<std::string>>& from,
                 const std::vector<std::string>& to, std::uint64_t epoch, std::string_view node,
                 bool mark_comes_first) {
  // Two standbys that no arbiter keeps apart may count up to the same epoch: whoever wrote it first has it.
  const bool newer =
      current.mark && (current.mark->epoch > epoch || (current.mark->epoch == epoch && current.mark->node != node));
  if (newer) return DnsCase::superseded;
  const bool is_old = !old_set_of(current, from).empty();
  // SRV records that name both hosts are at neither.
  const bool is_new = is_at(current, to) && (current.targets.empty() || !is_old);
  const bool marked = current.mark && current.mark->epoch == epoch;
  if (is_new && marked) return DnsCase::done;
  if (is_old && is_at(current, to) && !current.targets.empty()) return DnsCase::foreign;
  if ((is_new || is_old) && !marked) return DnsCase::update;
  if (is_old && marked && mark_comes_first) return DnsCase::update;
  return DnsCase::foreign;
}

std::vector<std::string> old_set_of(const ServiceRecord& current, const std::vector<std::vector<std::string>>& from) {
  const auto found = std::ranges::find_if(from, [&](const auto& set) { return is_at(current, set); });
  return found == from.end() ? std::vector<std::string>() : *found;
}

bool same_addresses(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::is_permutation(a, b);
}

}  // namespace failover
