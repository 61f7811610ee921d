#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <failover/dns.hpp>

namespace failover {

/// What is to be done with one view, by what its primary holds.
enum class DnsCase {
  superseded,  ///< a newer promotion wrote it: stop
  done,        ///< the new addresses with our mark
  update,      ///< old or new addresses with no or an older mark: swap both
  foreign      ///< anything else: a person decides
};

std::string_view to_string(DnsCase which) noexcept;

/// The case table of a view. Pure.
/// @param from the address sets that count as the old ones
/// @param epoch, node of the promotion that asks; its mark must match in both
/// @param mark_comes_first the mark lives in another zone and is written first, or the claim is written as the mark:
/// our mark beside the old addresses then says that the addresses are still to be moved. Elsewhere nothing of ours
/// leaves that
DnsCase dns_case(const ServiceRecord& current, const std::vector<std::vector<std::string>>& from,
                 const std::vector<std::string>& to, std::uint64_t epoch, std::string_view node,
                 bool mark_comes_first = false);

/// Of the address sets that count as the old ones, the one that the record is at; empty if it is at none.
std::vector<std::string> old_set_of(const ServiceRecord& current, const std::vector<std::vector<std::string>>& from);

/// Two sets of addresses in their canonical text, in any order.
bool same_addresses(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace failover
