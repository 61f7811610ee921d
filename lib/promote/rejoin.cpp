#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "promote/local_service.hpp"
#include "promote/observation.hpp"
#include "promote/stand_down.hpp"
#include "promote/synchronisation.hpp"
#include "state/host_lock.hpp"
#include "state/restored_generation.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"
#include "state/undo_pin.hpp"

namespace failover {

namespace {

/// Who is the active one, and by which epoch.
struct Holder {
  std::string node;
  std::uint64_t epoch = 0;
};

Result<Holder> holder_on_record(const PromotionSettings& settings, Arbiter& arbiter, const Context& context) {
  const auto record = FO_TRY(arbiter.read(context));
  const auto holder = record.active.value_or("");
  if (record.promoting)
    return fail(ErrorKind::refused, *record.promoting + " promotes at this moment; try again later");
  if (holder.empty() || holder == settings.node) {
    return fail(ErrorKind::refused,
                fmt::format("the arbiter says that {} is active: there is nobody to join; promote another host first",
                            holder.empty() ? std::string("nobody") : "this host"));
  }
  return Holder{holder, record.epoch};
}

/// Without a record the newest mark says it, and every view must know it.
Result<Holder> holder_in_dns(const PromotionSettings& settings, PromotionParts& parts, const Context& context) {
  std::optional<EpochMark> newest;
  for (auto& view : parts.views) {
    const auto mark = FO_TRY(view.updater->current(context)).mark;
    if (mark && (!newest || mark->epoch > newest->epoch)) newest = mark;
  }
  if (!newest) {
    return fail(ErrorKind::refused,
                "no view carries an epoch, so nothing says that another host is the active one; on the one that "
                "serves type: fo-promote adopt");
  }
  if (newest->node == settings.node) {
    return fail(
        ErrorKind::refused,
        fmt::format("DNS says that this host is the active one since {}: there is nobody to join; promote another "
                    "host first",
                    newest->time));
  }
  return Holder{newest->node, newest->epoch};
}

/// Property unknown-is-not-down: what this host holds is given up only for one that is seen to serve.
Result<void> check_serves(const Holder& holder, PromotionParts& parts, const Context& context) {
  const auto peer = std::ranges::find(parts.peers, holder.node, &PromotionPeer::name);
  if (peer == parts.peers.end()) {
    return fail(ErrorKind::refused,
                fmt::format("{0} is active, but this host does not know it: add a section [node.{0}]", holder.node));
  }
  const auto index = static_cast<std::size_t>(std::distance(parts.peers.begin(), peer));
  const auto seen = observe_peers(parts.peers, parts.observer, 1, Duration::zero(), context);
  FO_TRY(context.check());
  const auto& verdict = seen.at(index).verdict;
  if (verdict.health && *verdict.health == Health::up) return {};
  return fail(
      ErrorKind::refused,
      fmt::format("{} is active on record, but {}: {}; nothing was given up here, to take over type: fo-promote run",
                  holder.node, to_string(verdict.health), verdict.reason));
}

Result<void> check_role(const std::optional<RoleRecord>& role, const Holder& holder) {
  if (!role) return {};
  if (role->role == Role::promoting) {
    return fail(ErrorKind::refused,
                "a promotion of this host is unfinished; type first: fo-promote resume, or: fo-promote abort");
  }
  const bool newer = role->epoch > holder.epoch || (role->role == Role::active && role->epoch == holder.epoch);
  if (!newer) return {};
  return fail(ErrorKind::refused, fmt::format("this host is {} of epoch {}, {} only of {}: one of them is wrong",
                                              to_string(role->role), role->epoch, holder.node, holder.epoch));
}

}  // namespace

Result<Rejoined> rejoin(const PromotionSettings& settings, PromotionParts& parts, const Context& context) {
  const auto state = FO_TRY(StateDir::open(settings.state_dir));
  auto lock = std::optional(FO_TRY(lock_host(state, LockPurpose::promotion)));
  const auto role = FO_TRY(read_role(state));
  const auto holder = FO_TRY(parts.arbiter.keeps_record() ? holder_on_record(settings, parts.arbiter, context)
                                                          : holder_in_dns(settings, parts, context));
  FO_TRY(LocalService(settings, state, parts.self_observer).can_be_stopped());
  FO_TRY(check_role(role, holder));
  FO_TRY(check_serves(holder, parts, context));
  Rejoined result{holder.node, holder.epoch, {}, {}};
  const bool has_served = !role || role->role != Role::standby;
  if (has_served) {
    // Before the role says standby: from then on a timer may restore at any moment.
    FO_TRY(pin_next_undo(state, fmt::format("this host served before epoch {}", holder.epoch)));
    const auto generation = FO_TRY(read_restored_generation(state));
    if (generation && generation->roots.empty()) {
      result.warnings.emplace_back(
          "backups are restored here by a program, which keeps no undo copies: what this host served last is kept only "
          "if "
          "you back it up before the next restore");
    }
  }
  const RoleRecord standby{Role::standby, holder.epoch, settings.node, std::chrono::system_clock::now()};
  FO_TRY(stand_down(settings, state, parts.self_observer, standby, context));
  FO_TRY(parts.arbiter.leave(settings.node, context));
  lock.reset();
  result.backup_time = FO_TRY(synchronise(settings, state, SyncPhase::rejoin, context));
  return result;
}

}  // namespace failover
