#include "promote/switchover.hpp"

#include <algorithm>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "promote/gather.hpp"
#include "promote/handing_over.hpp"
#include "promote/synchronisation.hpp"
#include "promote/work.hpp"
#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

bool serves(const PeerFacts& peer) noexcept {
  return peer.verdict.health && *peer.verdict.health == Health::up;
}

/// What a fresh backup will mend is no reason to stop yet.
bool mended_by_backup(const PromotionObjection& objection) noexcept {
  return objection.rule == "backup";
}

}  // namespace

Result<void> prepare_switchover(const PromotionSettings& settings, PromotionParts& parts, const StateDir& state,
                                const Context& context) {
  const auto plan = prepare_promotion(settings, parts, context);
  // One that goes on has its data, and one that has nothing to do needs none.
  if (plan.decision == PromotionDecision::go_on || plan.decision == PromotionDecision::nothing_to_do) return {};
  const auto& earlier = plan.facts.earlier;
  if (earlier && !earlier->ended) return {};
  const auto found = std::ranges::find_if(plan.objections, [](const auto& each) { return !mended_by_backup(each); });
  // The run itself says it, with everything else.
  if (found != plan.objections.end()) return {};
  if (!settings.backup_hook && !settings.sync_hook) return {};
  const auto time = bring_over(settings, state, SyncPhase::before, context);
  if (!time) return std::unexpected(time.error().while_doing("bringing the active host's data here"));
  return {};
}

std::string switched_from(const PromotionWork& work) {
  if (!work.settings.switchover) return {};
  const auto& peers = work.plan.facts.peers;
  const auto found = std::ranges::find_if(peers, serves);
  return found == peers.end() ? std::string() : found->name;
}

bool is_switched_from(const PromotionWork& work, std::string_view node) {
  return !node.empty() && switched_from(work) == node;
}

Result<void> bring_last_changes(PromotionWork& work) {
  if (!work.settings.switchover || work.goes_on) return {};
  return while_doing("bringing the last changes of the old host over",
                     bring_last(work.settings, work.state, work.context));
}

Result<std::string> give_back_to_old(PromotionWork& work, const RoleRecord& role_before, const Context& context) {
  const auto peer =
      std::ranges::find_if(work.parts.peers, [&](const auto& each) { return is_switched_from(work, each.name); });
  if (peer == work.parts.peers.end()) return fail(ErrorKind::refused, "no other host served when this began");
  auto* giver = FO_TRY(one_that_gives_back(*peer, context));
  const auto epoch = FO_TRY(work.parts.arbiter.hand_over(work.settings.node, peer->name, work.epoch, context));
  // From here nothing of this run may go on.
  FO_TRY(work.journal.end("withdrawn"));
  FO_TRY(write_role(work.state, role_before));
  FO_TRY(while_doing(fmt::format("telling {} to start again", peer->name),
                     giver->give_back(fence_target(*peer, epoch), context)));
  FO_TRY(await_sound(*peer, work.parts.observer, context));
  return peer->name;
}

}  // namespace failover
