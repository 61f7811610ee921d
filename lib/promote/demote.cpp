#include <algorithm>
#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "promote/gather.hpp"
#include "promote/local_service.hpp"
#include "state/demotion_file.hpp"
#include "state/host_lock.hpp"
#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/running_hook.hpp"
#include "state/start_note.hpp"
#include "state/state_dir.hpp"
#include "state/undo_pin.hpp"

namespace failover {

namespace {

/// What this host is, on its own disk and on record.
struct Standing {
  std::optional<RoleRecord> role;
  std::optional<ArbiterRecord> record;  ///< none = the arbiter keeps none

  [[nodiscard]] std::uint64_t epoch() const noexcept { return role ? role->epoch : 0; }
  [[nodiscard]] bool is_standby() const noexcept { return role && role->role == Role::standby; }
};

bool is_on(const ArbiterRecord& record, const std::string& node) {
  return record.active == node || std::ranges::find(record.maybe, node) != record.maybe.end();
}

/// Whose service this is now: a fence or a promotion of another has settled it, an open one of our own has not.
Result<Standing> standing_of(const PromotionSettings& settings, const StateDir& state, Arbiter& arbiter,
                             const Context& context) {
  Standing standing;
  standing.role = FO_TRY(read_role(state));
  const auto earlier = earlier_promotion(FO_TRY(PromotionJournal::read(state)));
  if (earlier && !earlier->ended) {
    return fail(ErrorKind::refused,
                fmt::format("the promotion of this host to epoch {} is unfinished; type first: fo-promote {}",
                            earlier->epoch, earlier->committed() ? "resume" : "abort"));
  }
  if (standing.role && standing.role->role == Role::fenced) {
    return fail(ErrorKind::refused, fmt::format("this host was fenced by the promotion to epoch {}: it serves nothing; "
                                                "to make it the standby type: fo-promote rejoin",
                                                standing.epoch()));
  }
  if (!arbiter.keeps_record()) return standing;
  standing.record = FO_TRY(arbiter.read(context));
  const auto& claimant = standing.record->promoting;
  if (claimant && *claimant != settings.node) {
    return fail(ErrorKind::refused, fmt::format("{} promotes at this moment; try again later", *claimant));
  }
  return standing;
}

class Demoting {
 public:
  Demoting(const PromotionSettings& settings, const StateDir& state, Arbiter& arbiter, Observer& self_observer,
           Standing standing, const Context& context) noexcept
      : settings_(settings),
        state_(state),
        arbiter_(arbiter),
        service_(settings, state, self_observer),
        standing_(std::move(standing)),
        context_(context) {}

  Result<void> run() {
    FO_TRY(open_demotion(state_, standing_.epoch()));
    const auto stopped = stop();
    if (!stopped) return undo(stopped.error());
    const auto left = leave();
    if (!left) {
      return fail(ErrorKind::unfinished,
                  fmt::format("the services of this host are stopped and masked, but it has not left the record: {}",
                              left.error().message));
    }
    const auto closed = close_demotion(state_);
    if (closed) return {};
    return fail(ErrorKind::unfinished,
                fmt::format("this host is demoted, but that cannot be written down: {}", closed.error().message));
  }

  /// Also where a run was killed half way.
  Result<void> start_again(const Context& context) {
    FO_TRY(end_left_hook(state_, context));
    FO_TRY(service_.unmask(context));
    FO_TRY(service_.start({"start", standing_.epoch(), {}, true}, context));
    FO_TRY(service_.await_up(context));
    return close_demotion(state_);
  }

 private:
  /// The role stays until nothing runs and nothing can be started: up to there the host can serve again at once.
  Result<void> stop() {
    FO_TRY(remove_start_note(settings_.run_dir, settings_.service));
    FO_TRY(end_left_hook(state_, context_));
    FO_TRY(service_.stop({"stop", standing_.epoch(), {}, false}, context_));
    FO_TRY(service_.await_stopped(context_));
    FO_TRY(service_.mask(context_));
    // Between the look and the mask somebody may have started it.
    return service_.await_stopped(context_);
  }

  Result<void> leave() {
    if (!standing_.is_standby()) {
      // Before the role says standby: from then on a timer may restore at any moment.
      FO_TRY(pin_next_undo(state_, fmt::format("this host served until it was demoted, epoch {}", standing_.epoch())));
      FO_TRY(write_role(state_, {Role::standby, standing_.epoch(), settings_.node, std::chrono::system_clock::now()}));
    }
    // What no unit is could be started up to the role.
    FO_TRY(service_.await_stopped(context_));
    return arbiter_.leave(settings_.node, context_);
  }

  Result<void> undo(const Error& why) {
    // Whoever ends this run may want to fence this host; and one that was no active one has nothing to go back to.
    if (standing_.is_standby() || !context_.check()) return fail(ErrorKind::unfinished, why.message);
    const auto serves = start_again(context_);
    if (serves) {
      return fail(ErrorKind::io,
                  fmt::format("the demotion was undone, and {} serves again: {}", settings_.node, why.message));
    }
    return fail(ErrorKind::unfinished, fmt::format("{}; and {} does not serve again: {}", why.message, settings_.node,
                                                   serves.error().message));
  }

  const PromotionSettings& settings_;
  const StateDir& state_;
  Arbiter& arbiter_;
  LocalService service_;
  Standing standing_;
  const Context& context_;
};

Result<DemotionPlan> plan_of(const PromotionSettings& settings, const StateDir& state, Arbiter& arbiter,
                             Observer& self_observer, const Standing& standing, const Context& context) {
  LocalService service(settings, state, self_observer);
  FO_TRY(service.can_be_stopped());
  const auto running = FO_TRY(service.what_runs(context));
  DemotionPlan plan{settings.node, std::string(role_name(standing.role)), standing.epoch(), {}};
  const bool on_record = standing.record && is_on(*standing.record, settings.node);
  if (standing.is_standby() && running.empty() && !on_record) return plan;
  plan.steps.push_back(running.empty() ? "stop the services, though none seems to run"
                                       : fmt::format("stop the services ({})", running));
  plan.steps.emplace_back("wait until they are confirmed inactive");
  plan.steps.emplace_back("mask them, and look again");
  if (!standing.is_standby()) plan.steps.emplace_back("make this host a standby");
  if (on_record) plan.steps.push_back("leave the record of " + arbiter.describe());
  return plan;
}

/// What guard demands, too: nobody else may be serving.
Result<void> may_serve(const Standing& standing, const std::string& node) {
  if (standing.record) {
    if (standing.record->active == node && standing.record->maybe == std::vector{node}) return {};
    return fail(
        ErrorKind::refused,
        fmt::format("the arbiter does not say that {} alone is active; to take over type: fo-promote run", node));
  }
  if (standing.role && standing.role->role == Role::active) return {};
  return fail(ErrorKind::refused,
              fmt::format("the role of this host is {}, not active; to take over type: fo-promote run",
                          role_name(standing.role)));
}

}  // namespace

Result<DemotionPlan> plan_demotion(const PromotionSettings& settings, Arbiter& arbiter, Observer& self_observer,
                                   const Context& context) {
  const auto state = StateDir::at(settings.state_dir);
  const auto standing = FO_TRY(standing_of(settings, state, arbiter, context));
  return plan_of(settings, state, arbiter, self_observer, standing, context);
}

Result<DemotionPlan> demote(const PromotionSettings& settings, Arbiter& arbiter, Observer& self_observer,
                            const Context& context) {
  const auto state = FO_TRY(StateDir::open(settings.state_dir));
  const auto lock = FO_TRY(lock_host(state, LockPurpose::promotion));
  auto standing = FO_TRY(standing_of(settings, state, arbiter, context));
  auto plan = FO_TRY(plan_of(settings, state, arbiter, self_observer, standing, context));
  if (plan.steps.empty()) return plan;
  FO_TRY(Demoting(settings, state, arbiter, self_observer, std::move(standing), context).run());
  return plan;
}

Result<std::uint64_t> serve_again(const PromotionSettings& settings, Arbiter& arbiter, Observer& self_observer,
                                  const Context& context) {
  const auto state = FO_TRY(StateDir::open(settings.state_dir));
  const auto lock = FO_TRY(lock_host(state, LockPurpose::promotion));
  auto standing = FO_TRY(standing_of(settings, state, arbiter, context));
  FO_TRY(may_serve(standing, settings.node));
  const auto epoch = standing.epoch();
  FO_TRY(write_role(state, {Role::active, epoch, settings.node, std::chrono::system_clock::now()}));
  Demoting demoting(settings, state, arbiter, self_observer, std::move(standing), context);
  const auto serves = demoting.start_again(context);
  if (!serves) return fail(ErrorKind::unfinished, serves.error().message);
  return epoch;
}

}  // namespace failover
