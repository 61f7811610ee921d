#pragma once

#include <array>
#include <cstddef>

#include <failover/promoter.hpp>

namespace failover {

/// The promotion as a table, in the order of the steps. The run follows `next`, the journal and all output carry
/// `name`, recovery is decided by `way_on`; a test proves that every row is reached and that none is a dead end.
inline constexpr std::array promotion_table{
    PromotionStepRow{PromotionStep::check, "check",
                     "read the restored backup, the journal, DNS and its credentials, the references and the fencers",
                     PromotionStep::observe, "nothing was touched", WayOn::start_over},
    PromotionStepRow{PromotionStep::observe, "observe",
                     "probe every other node several times: a healthy or an unknown one stops a failover",
                     PromotionStep::claim, "nothing was touched", WayOn::start_over},
    PromotionStepRow{PromotionStep::claim, "claim",
                     "take a new epoch and write down that this host promotes, before anything is touched",
                     PromotionStep::observe_again, "the journal holds a claim that nobody follows", WayOn::start_over},
    PromotionStepRow{PromotionStep::observe_again, "observe-again",
                     "probe once more under the claim: what was seen before it may be over", PromotionStep::fence,
                     "the journal holds a claim that nobody follows", WayOn::start_over},
    PromotionStepRow{PromotionStep::fence, "fence",
                     "make sure that every other node is off, confirmed by its fence device and by its silence",
                     PromotionStep::commit, "some nodes are off, some may be; nothing has started here",
                     WayOn::fence_anew},
    PromotionStepRow{PromotionStep::commit, "commit", "the point of no return: this host is the one that may serve",
                     PromotionStep::pre_hook, "every other node is off; nothing has started here", WayOn::fence_anew},
    PromotionStepRow{PromotionStep::pre_hook, "pre-hook", "prepare this host", PromotionStep::start,
                     "every other node is off; the pre-hook may have run in part", WayOn::go_on},
    PromotionStepRow{PromotionStep::start, "start", "start the service here, unless a newer epoch forbids it",
                     PromotionStep::self_probe, "the service may have started here in part", WayOn::go_on},
    PromotionStepRow{PromotionStep::self_probe, "self-probe",
                     "wait until the service answers here, before callers are sent to it", PromotionStep::dns,
                     "the service starts or runs here; DNS still gives the old address", WayOn::go_on},
    PromotionStepRow{PromotionStep::dns, "dns",
                     "move the name in every view as compare-and-swap, and read it back from every server",
                     PromotionStep::post_hook, "the service runs here; some views may be moved, each of them whole",
                     WayOn::go_on},
    PromotionStepRow{PromotionStep::post_hook, "post-hook", "tell the others, write down the new role",
                     PromotionStep::done, "this host serves and DNS points at it; notifications may be missing",
                     WayOn::go_on},
    PromotionStepRow{PromotionStep::done, "done", "this host is the active one", PromotionStep::done, "nothing is open",
                     WayOn::nothing},
};

constexpr const PromotionStepRow& promotion_row(PromotionStep step) noexcept {
  return promotion_table[static_cast<std::size_t>(step)];
}

}  // namespace failover
