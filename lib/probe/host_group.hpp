#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <failover/observer.hpp>

namespace failover {

/// The targets of one host, as indices.
struct HostGroup {
  std::vector<std::size_t> sip;
  std::vector<std::size_t> others;
};

/// Which targets are of one host: those with the same HOST as written (letter case aside), and one whose `?name=` is
/// the HOST of another. Two HOSTs with the same `?name=` are two hosts: the active and the standby share their name.
struct HostGroups {
  std::vector<HostGroup> groups;
  std::vector<std::size_t> group_of;  ///< of each target
};
HostGroups group_by_host(std::span<const Target* const> targets);

}  // namespace failover
