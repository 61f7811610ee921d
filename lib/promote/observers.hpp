#pragma once

#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/watch.hpp>

#include "promote/objections.hpp"

namespace failover {

/// What the observers say together with this host, whose own look is of this moment and takes the place of what its
/// watch may have left in the store. Pure.
Verdict judge_with_own_look(const Result<std::vector<NodeObservation>>& seen, const std::vector<PeerFacts>& peers,
                            const PromotionSettings& settings);

/// Reads every store once. What cannot be read stands there as an error.
std::vector<ObserverFacts> ask_observers(const PromotionSettings& settings, PromotionParts& parts,
                                         const std::vector<PeerFacts>& peers, const Context& context);

/// Observers are binding (property unknown-is-not-down): an up stops a failover, and so does an unknown. A switchover
/// is none: there the active host is up. Pure.
RuleFindings apply_observer_rule(const PromotionSettings& settings, const std::vector<ObserverFacts>& observers);

}  // namespace failover
