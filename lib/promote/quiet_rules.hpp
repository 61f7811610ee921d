#pragma once

#include <optional>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "promote/objections.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// Maintenance and quiet time: what keeps a promotion that nobody watches from going, and what a person is told of it.
/// Pure. Not asked behind the commit: there this host is the one that may serve, and to stop would leave none.
RuleFindings apply_quiet_rules(const PromotionSettings& settings, const PromotionFacts& facts);

/// When the last promotion ended that this host itself knows of: its own, or the one by which it was fenced. Pure.
std::optional<WallTime> last_promotion_here(const std::string& role, const std::optional<WallTime>& role_since,
                                            const std::optional<EarlierPromotion>& earlier);

/// The pause once more, from its file, right before the first fence command.
Result<void> check_not_paused(const PromotionSettings& settings, const StateDir& state);

}  // namespace failover
