#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "promote/observation.hpp"
#include "state/host_lock.hpp"
#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

/// What this host says of itself decides, and that nobody else says the same.
Result<void> check_serving(const PromotionSettings& settings, PromotionParts& parts, const Context& context) {
  if (settings.self_probes.empty()) {
    return fail(ErrorKind::usage, "nothing proves that this host serves; add --self-probe TARGET");
  }
  const auto seen = parts.self_observer.observe(settings.self_probes, context);
  FO_TRY(context.check());
  if (seen.size() != settings.self_probes.size() || !all_up(seen)) {
    return fail(ErrorKind::refused,
                "the service does not answer here, so this host cannot be adopted as the active one; start it first, "
                "or look at the self-probes: fo-probe TARGET");
  }
  for (const auto& peer : observe_peers(parts.peers, parts.observer, 1, Duration::zero(), context)) {
    if (!peer.verdict.health || *peer.verdict.health == Health::down) continue;
    return fail(ErrorKind::refused,
                fmt::format("{} serves, too: {}; stop one of them first", peer.name, peer.verdict.reason));
  }
  return {};
}

Result<void> check_unwritten(const PromotionSettings& settings, Arbiter& arbiter, const Context& context) {
  const auto record = arbiter.read(context);
  if (record) {
    return fail(ErrorKind::refused,
                fmt::format("the arbiter has a record of {} already: epoch {}, active is {}; to take "
                            "over from that one type: fo-promote run",
                            settings.service, record->epoch, record->active.value_or("nobody")));
  }
  return record.error().kind == ErrorKind::not_found ? Result<void>{} : std::unexpected(record.error());
}

/// Property epoch: not smaller than what anybody remembers.
Result<std::uint64_t> first_epoch(const StateDir& state, PromotionParts& parts, const Context& context) {
  auto known = FO_TRY(PromotionJournal::read(state)).largest_epoch;
  if (const auto role = FO_TRY(read_role(state))) known = std::max(known, role->epoch);
  for (auto& view : parts.views) {
    const auto now = FO_TRY(view.updater->current(context));
    known = std::max(known, now.mark.value_or(EpochMark{}).epoch);
  }
  if (known == std::numeric_limits<std::uint64_t>::max()) return fail(ErrorKind::refused, "no epoch is left");
  return known + 1;
}

}  // namespace

Result<std::uint64_t> adoption_epoch(const PromotionSettings& settings, PromotionParts& parts, const Context& context) {
  FO_TRY(check_serving(settings, parts, context));
  if (parts.arbiter.keeps_record()) FO_TRY(check_unwritten(settings, parts.arbiter, context));
  return first_epoch(StateDir::at(settings.state_dir), parts, context);
}

Result<std::uint64_t> adopt_service(const PromotionSettings& settings, PromotionParts& parts, const Context& context) {
  const auto state = FO_TRY(StateDir::open(settings.state_dir));
  const auto lock = FO_TRY(lock_host(state, LockPurpose::promotion));
  const auto epoch = FO_TRY(adoption_epoch(settings, parts, context));
  FO_TRY(parts.arbiter.adopt(settings.node, epoch, context));
  FO_TRY(write_role(state, {Role::active, epoch, settings.node, std::chrono::system_clock::now()}));
  return epoch;
}

}  // namespace failover
