#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <failover/promoter.hpp>

namespace failover {

/// What the safety rules say to the facts. Pure.
struct RuleFindings {
  std::vector<PromotionObjection> objections;
  std::vector<std::string> warnings;
};

/// @param epoch that the run would claim, or goes on with
/// @param goes_on the commit of an interrupted promotion lies behind it: its backup and its nodes were accepted then
RuleFindings apply_promotion_rules(const PromotionSettings& settings, const PromotionFacts& facts, std::uint64_t epoch,
                                   bool goes_on);

/// "192.0.2.1, 2001:db8::1", or "no address".
std::string listed_addresses(const std::vector<std::string>& addresses);

}  // namespace failover
