#pragma once

#include <failover/error.hpp>

#include "promote/work.hpp"

namespace failover {

/// Property fence-first: success means that every peer is off, said by its fence device after the act and confirmed by
/// the silence of all its probes. The fencers of a peer are tried in order. When an interrupted run goes on behind its
/// commit, a peer whose device says off is not switched off a second time.
Result<void> fence_all_peers(PromotionWork& work);

}  // namespace failover
