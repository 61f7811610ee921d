#include <algorithm>
#include <chrono>
#include <cstdint>
#include <expected>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "core/clock.hpp"
#include "promote/gather.hpp"
#include "promote/handing_over.hpp"
#include "promote/local_service.hpp"
#include "promote/stand_down.hpp"
#include "state/host_lock.hpp"
#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

Result<PromotionPeer*> peer_named(PromotionParts& parts, const std::string& node) {
  const auto found = std::ranges::find(parts.peers, node, &PromotionPeer::name);
  if (found != parts.peers.end()) return &*found;
  return fail(ErrorKind::usage, fmt::format("'{}' is no other node; name one of the [node.NAME] sections", node));
}

/// From here to the other host, each step such that a second run after a crash finds out how far the first one came.
class GivingBack {
 public:
  GivingBack(const PromotionSettings& settings, PromotionParts& parts, PromotionPeer& peer, const StateDir& state,
             const Context& context) noexcept
      : settings_(settings), parts_(parts), peer_(peer), state_(state), context_(context) {}

  Result<GivenBack> run() {
    FO_TRY(look());
    const auto result = act();
    if (result) return GivenBack{epoch_, views_};
    return fail(ErrorKind::unfinished, fmt::format("{}; nothing serves on this host any more; type again: {} {}",
                                                   result.error().message, settings_.give_back_command, peer_.name));
  }

 private:
  /// Nothing is touched before it is known that the other host can be reached and told to start.
  Result<void> look() {
    role_ = FO_TRY(read_role(state_)).value_or(RoleRecord{});
    const auto earlier = earlier_promotion(FO_TRY(PromotionJournal::read(state_)));
    if (earlier && !earlier->ended) {
      return fail(ErrorKind::refused, "a promotion of this host is unfinished; type first: fo-promote resume");
    }
    FO_TRY(check_record());
    FO_TRY(check_something_to_give());
    LocalService service(settings_, state_, parts_.self_observer);
    FO_TRY(service.can_be_stopped());
    giver_ = FO_TRY(one_that_gives_back(peer_, context_));
    if (known_ == std::numeric_limits<std::uint64_t>::max()) return fail(ErrorKind::refused, "no epoch is left");
    return {};
  }

  /// Who gives must have it, or have given it already.
  Result<void> check_record() {
    known_ = std::max(role_.epoch, FO_TRY(PromotionJournal::read(state_)).largest_epoch);
    if (!parts_.arbiter.keeps_record()) {
      if (role_.role == Role::active || role_.role == Role::standby) return {};
      return fail(ErrorKind::refused,
                  fmt::format("the role of this host is {}: it has nothing to give; type it on the active one",
                              to_string(role_.role)));
    }
    const auto record = FO_TRY(parts_.arbiter.read(context_));
    known_ = std::max(known_, record.epoch);
    const bool ours = record.active == settings_.node && role_.role != Role::fenced;
    const bool given = record.active == peer_.name && record.maybe == std::vector{peer_.name};
    active_on_record_ = ours;
    if (ours || given) return {};
    return fail(ErrorKind::refused, fmt::format("the arbiter says that {} is active, not {}; type it there",
                                                record.active.value_or("nobody"), settings_.node));
  }

  /// A host that serves where every view points is not told to start again.
  Result<void> check_something_to_give() {
    bool here = false;
    for (auto& view : parts_.views) {
      const auto current = FO_TRY(view.updater->current(context_));
      known_ = std::max(known_, current.mark.value_or(EpochMark{}).epoch);
      here = here || is_at(current, view.to.empty() ? settings_.to : view.to);
    }
    if (here || active_on_record_) return {};
    const auto verdict = judge(parts_.observer.observe(peer_.probes, context_), Policy{});
    if (!verdict.health || *verdict.health == Health::down) return {};
    return fail(ErrorKind::refused,
                fmt::format("{} serves and no view points here: there is nothing to give back", peer_.name));
  }

  Result<void> act() {
    const RoleRecord standby{Role::standby, role_.epoch, settings_.node, std::chrono::system_clock::now()};
    FO_TRY(stand_down(settings_, state_, parts_.self_observer, standby, context_));
    epoch_ = FO_TRY(parts_.arbiter.hand_over(settings_.node, peer_.name, known_, context_));
    FO_TRY(while_doing(fmt::format("telling {} to start", peer_.name),
                       giver_->give_back(fence_target(peer_, epoch_), context_)));
    FO_TRY(await_sound(peer_, parts_.observer, context_.within(settings_.hook_timeout)));
    auto moved = move_views(parts_.views, moves(), context_);
    views_ = std::move(moved.views);
    return moved.failure ? Result<void>(std::unexpected(*moved.failure)) : Result<void>{};
  }

  [[nodiscard]] std::vector<ViewMove> moves() const {
    const EpochMark mark{epoch_, peer_.name, rfc3339(std::chrono::system_clock::now())};
    std::vector<ViewMove> list;
    list.reserve(parts_.views.size());
    for (const auto& view : parts_.views) {
      // The views are written down as seen from a promotion of this host: here they go the other way.
      list.push_back({view.to.empty() ? settings_.to : view.to, view.from.empty() ? peer_.addresses : view.from,
                      view.ttl.value_or(settings_.ttl), mark});
    }
    return list;
  }

  const PromotionSettings& settings_;
  PromotionParts& parts_;
  PromotionPeer& peer_;
  const StateDir& state_;
  const Context& context_;
  RoleRecord role_;
  Fencer* giver_ = nullptr;
  bool active_on_record_ = false;
  std::uint64_t known_ = 0;
  std::uint64_t epoch_ = 0;
  std::vector<ViewOutcome> views_;
};

}  // namespace

Result<GivenBack> give_back(const PromotionSettings& settings, PromotionParts& parts, const std::string& node,
                            const Context& context) {
  auto* peer = FO_TRY(peer_named(parts, node));
  const auto state = FO_TRY(StateDir::open(settings.state_dir));
  const auto lock = FO_TRY(lock_host(state, LockPurpose::promotion));
  return GivingBack(settings, parts, *peer, state, context).run();
}

}  // namespace failover
