#include "probe/watch_verdict.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover {

namespace {

Result<Health> health_of(TargetState state) {
  switch (state) {
    case TargetState::up:
      return Health::up;
    case TargetState::down:
      return Health::down;
    case TargetState::unknown:
      break;
  }
  return fail(ErrorKind::unreachable, "its state is unknown");
}

}  // namespace

Verdict judge_states(std::span<const StateOf> states, const Policy& policy) {
  std::vector<Observation> observations;
  observations.reserve(states.size());
  for (const auto& one : states) {
    observations.push_back(
        {.target = *one.target, .health = health_of(one.state), .rtt = {}, .detail = {}, .when = {}});
  }
  return judge(observations, policy);
}

Observation as_unknown(Observation observation, std::string_view reason) {
  observation.detail = fmt::format("{}, {}", observation.detail, reason);
  observation.health = fail(ErrorKind::unreachable, observation.detail);
  return observation;
}

}  // namespace failover
