#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

namespace failover {

/// The first of its fencers that can tell the node to start again, and that reaches it now. Kind refused when none can.
Result<Fencer*> one_that_gives_back(PromotionPeer& peer, const Context& context);

/// Looks until the node's probes say that it serves (property effect), or the context ends.
Result<void> await_sound(const PromotionPeer& peer, Observer& observer, const Context& context);

}  // namespace failover
