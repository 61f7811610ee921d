#include "promote/fencing.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "promote/gather.hpp"
#include "promote/observation.hpp"
#include "promote/switchover.hpp"
#include "promote/work.hpp"

namespace failover {

namespace {

/// How long a node that says it is off may still be heard: sockets of ended processes, packets under way.
constexpr Duration silence_limit = std::chrono::seconds(15);

class PeerFencing {
 public:
  PeerFencing(PromotionWork& work, const PromotionPeer& peer)
      : work_(work), peer_(peer), target_(fence_target(peer, work.epoch)) {}

  /// @param looked_at just now, by whoever began to fence
  Result<void> run(bool looked_at) {
    FO_TRY(work_.parts.arbiter.still_ours(work_.context));
    if (!looked_at && !is_switched_from(work_, peer_.name)) FO_TRY(check_still_down());
    std::vector<std::string> reasons;
    for (const auto& fencer : peer_.fencers) {
      if (!fits(*fencer)) continue;
      // A run that was told to stop must not switch off one more host.
      FO_TRY(work_.context.check());
      const auto fenced = by(*fencer);
      // A lost claim is no fault of the fencer, and nobody is switched off without one.
      if (fenced || fenced.error().kind == ErrorKind::conflict) return fenced;
      work_.context.note(Level::warning, fenced.error().message);
      reasons.push_back(fenced.error().message);
    }
    return fail(ErrorKind::unfinished,
                fmt::format("{} is not confirmed off: {}", peer_.name, fmt::join(reasons, "; ")));
  }

 private:
  /// A host that serves is asked to stop, so that it can be given back; its power is not taken.
  [[nodiscard]] bool fits(const Fencer& fencer) const {
    return !is_switched_from(work_, peer_.name) || (fencer.kind() == FenceKind::service && fencer.gives_back());
  }

  /// Making sure of the one before may have taken minutes: a node that serves by now is healthy, and is not fenced.
  [[nodiscard]] Result<void> check_still_down() const {
    const auto seen = observe_peers({&peer_, 1}, work_.parts.observer, 1, Duration::zero(), work_.context);
    FO_TRY(work_.context.check());
    const auto& verdict = seen.front().verdict;
    if (verdict.health && *verdict.health == Health::down) return {};
    return fail(ErrorKind::unfinished, fmt::format("{} is {} now, so it is not fenced: {}", peer_.name,
                                                   to_string(verdict.health), verdict.reason));
  }

  Result<void> by(Fencer& fencer) {
    FO_TRY(work_.journal.try_fence(peer_.name, fencer.describe()));
    if (!still_off(fencer)) FO_TRY(fencer.fence(target_, work_.context));
    // The second path: what the fence device says and what is heard of the node must agree.
    FO_TRY(await_silence(peer_, work_.parts.observer, work_.context.within(silence_limit)));
    FO_TRY(work_.journal.confirm_fence(peer_.name, fencer.describe()));
    return work_.parts.arbiter.confirm_off(peer_.name, work_.context);
  }

  [[nodiscard]] bool still_off(Fencer& fencer) const {
    if (!work_.goes_on) return false;
    const auto status = fencer.status(target_, work_.context);
    return status && *status == FenceState::off;
  }

  PromotionWork& work_;
  const PromotionPeer& peer_;
  FenceTarget target_;
};

}  // namespace

Result<void> fence_all_peers(PromotionWork& work) {
  std::vector<std::string> names;
  for (const auto& peer : work.parts.peers) {
    if (std::ranges::find(work.others, peer.name) == work.others.end()) continue;
    FO_TRY(PeerFencing(work, peer).run(names.empty()));
    names.push_back(peer.name);
  }
  FO_TRY(bring_last_changes(work));
  work.detail =
      names.empty() ? "nobody else may be serving" : fmt::format("{} confirmed off and silent", fmt::join(names, ", "));
  return {};
}

}  // namespace failover
