#pragma once

#include <failover/error.hpp>

#include "promote/work.hpp"

namespace failover {

/// The steps that bring the service up on this host. A newer epoch in the role file is an error of kind conflict:
/// superseded.
Result<void> run_pre_hook(PromotionWork& work);
Result<void> start_service(PromotionWork& work);
/// Property effect: success means that every self-probe answered.
Result<void> await_self_probes(PromotionWork& work);
/// A failing post-hook is a warning: this host serves already.
Result<void> run_post_hook(PromotionWork& work);

}  // namespace failover
