#include "probe/host_group.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <failover/observer.hpp>

#include "core/ascii.hpp"

namespace failover {

bool speaks_sip(const Target& target) noexcept {
  return target.scheme == "sip" || target.scheme == "sips";
}

HostGroups group_by_host(std::span<const Target* const> targets) {
  std::unordered_set<std::string> hosts;
  for (const auto* target : targets) hosts.insert(ascii_lower(target->host));
  HostGroups result;
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto& target = *targets[i];
    const auto* const name = target.parameter("name");
    const bool by_name = name != nullptr && hosts.contains(ascii_lower(*name));
    const auto [place, is_new] = known.try_emplace(ascii_lower(by_name ? *name : target.host), result.groups.size());
    if (is_new) result.groups.emplace_back();
    auto& group = result.groups.at(place->second);
    (speaks_sip(target) ? group.sip : group.others).push_back(i);
    result.group_of.push_back(place->second);
  }
  return result;
}

}  // namespace failover
