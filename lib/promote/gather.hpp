#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/promoter.hpp>

#include "state/promotion_journal.hpp"
#include "state/restored_generation.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// Looks at everything a promotion decides by; changes nothing. What cannot be had stands in the facts as an error.
PromotionFacts gather_promotion_facts(const PromotionSettings& settings, PromotionParts& parts, const StateDir& state,
                                      const PromotionHistory& history, const std::optional<RoleRecord>& role,
                                      const Context& context);

/// The journal's words as the plan's.
std::optional<EarlierPromotion> earlier_promotion(const PromotionHistory& history);

/// What was restored here, as the evidence tells it.
BackupFacts backup_facts(const RestoredGeneration& generation);

/// "unset" or the role's name.
std::string role_name(const std::optional<RoleRecord>& role);

/// How many of the references are on hosts of their own, none of them a gateway. Pure.
std::size_t independent_references(const std::vector<Target>& references, const std::vector<std::string>& gateways);

/// How a fencer is told which node it is about.
FenceTarget fence_target(const PromotionPeer& peer, std::uint64_t epoch);

}  // namespace failover
