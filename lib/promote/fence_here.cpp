#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "promote/gather.hpp"
#include "promote/hook.hpp"
#include "promote/local_service.hpp"
#include "promote/stand_down.hpp"
#include "state/host_lock.hpp"
#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/running_hook.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

/// One request, from the lock to the answer.
class FenceServer {
 public:
  FenceServer(const PromotionSettings& settings, const StateDir& state, Observer& self_observer,
              const Context& context) noexcept
      : settings_(settings),
        state_(state),
        self_observer_(self_observer),
        service_(settings, state, self_observer),
        context_(context) {}

  Result<FenceAnswer> status() {
    FO_TRY(service_.can_be_stopped());
    const auto role = FO_TRY(read_role(state_));
    const auto running = FO_TRY(service_.what_runs(context_));
    FenceAnswer answer{FenceState::on, settings_.node, role_name(role), role ? role->epoch : 0};
    const bool may_not_serve = role && (role->role == Role::fenced || role->role == Role::standby);
    if (may_not_serve && running.empty()) answer.state = FenceState::off;
    if (!running.empty()) context_.note(Level::info, running);
    return answer;
  }

  Result<FenceAnswer> fence(std::uint64_t epoch) {
    FO_TRY(service_.can_be_stopped());
    // Before anybody is asked to stop: a late command must not end the promotion that came after it.
    FO_TRY(check_not_late(epoch));
    const auto lock = FO_TRY(lock_host_for_fence(state_, context_));
    FO_TRY(check_not_late(epoch));
    const RoleRecord fenced{Role::fenced, epoch, settings_.node, std::chrono::system_clock::now()};
    FO_TRY(stand_down(settings_, state_, self_observer_, fenced, context_));
    return status();
  }

  Result<FenceAnswer> stop() {
    FO_TRY(service_.can_be_stopped());
    const auto lock = FO_TRY(lock_host(state_, LockPurpose::promotion));
    FO_TRY(end_left_hook(state_, context_));
    const auto role = FO_TRY(read_role(state_));
    FO_TRY(service_.stop(call("stop", role ? role->epoch : 0), context_));
    FO_TRY(service_.await_stopped(context_));
    return status();
  }

  Result<FenceAnswer> mask() {
    const auto lock = FO_TRY(lock_host(state_, LockPurpose::promotion));
    FO_TRY(service_.mask(context_));
    return status();
  }

  Result<FenceAnswer> give_back(std::uint64_t epoch) {
    const auto lock = FO_TRY(lock_host(state_, LockPurpose::promotion));
    const auto role = FO_TRY(read_role(state_));
    if (role && role->epoch > epoch) return late(*role, epoch);
    const auto earlier = earlier_promotion(FO_TRY(PromotionJournal::read(state_)));
    if (earlier && !earlier->ended) {
      return fail(ErrorKind::refused,
                  fmt::format("the promotion of this host to epoch {} is unfinished; type here: fo-promote resume, or: "
                              "fo-promote abort",
                              earlier->epoch));
    }
    FO_TRY(end_left_hook(state_, context_));
    FO_TRY(write_role(state_, {Role::active, epoch, settings_.node, std::chrono::system_clock::now()}));
    FO_TRY(service_.unmask(context_));
    FO_TRY(service_.start(call("start", epoch), context_));
    FO_TRY(service_.await_up(context_));
    return status();
  }

 private:
  static HookCall call(std::string_view name, std::uint64_t epoch) { return {name, epoch, {}, false}; }

  static std::unexpected<Error> late(const RoleRecord& role, std::uint64_t epoch) {
    return fail(ErrorKind::refused, fmt::format("epoch {} is past: this host has the role {} of epoch {}", epoch,
                                                to_string(role.role), role.epoch));
  }

  /// Property epoch.
  Result<void> check_not_late(std::uint64_t epoch) {
    const auto role = FO_TRY(read_role(state_));
    if (!role) return {};
    const bool serves_by_it = role->role == Role::active && role->epoch == epoch;
    if (role->epoch > epoch || serves_by_it) return late(*role, epoch);
    return {};
  }

  const PromotionSettings& settings_;
  const StateDir& state_;
  Observer& self_observer_;
  LocalService service_;
  const Context& context_;
};

}  // namespace

Result<FenceAnswer> serve_fence(const PromotionSettings& settings, Observer& self_observer, const FenceRequest& request,
                                const Context& context) {
  const auto state =
      request.verb == FenceVerb::status ? StateDir::at(settings.state_dir) : FO_TRY(StateDir::open(settings.state_dir));
  FenceServer server(settings, state, self_observer, context);
  switch (request.verb) {
    case FenceVerb::status:
      return server.status();
    case FenceVerb::fence:
      return server.fence(request.epoch);
    case FenceVerb::stop:
      return server.stop();
    case FenceVerb::mask:
      return server.mask();
    case FenceVerb::give_back:
      return server.give_back(request.epoch);
  }
  return fail(ErrorKind::internal, "a request without a deed");
}

}  // namespace failover
