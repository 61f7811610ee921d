#pragma once

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// How a host ceases to serve, whoever wants it (a fence, a rejoin, a give-back): first nothing starts here any more
/// (the role, durably; the guard's note), then what may still be starting ends, then the services are stopped and
/// masked and confirmed inactive. Under the host's lock; may be repeated. Kind config, and nothing was touched, where
/// nothing could stop them or prove that they have stopped. Units whose stop fails are masked all the same.
Result<void> stand_down(const PromotionSettings& settings, const StateDir& state, Observer& self_observer,
                        const RoleRecord& role, const Context& context);

}  // namespace failover
