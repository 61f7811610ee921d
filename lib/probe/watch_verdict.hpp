#pragma once

#include <span>
#include <string_view>

#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover {

struct StateOf {
  const Target* target;
  TargetState state;
};

/// The verdict over the states of a watch's targets, by the same rule as over single observations. Pure.
Verdict judge_states(std::span<const StateOf> states, const Policy& policy);

/// A down that must not count (property unknown-is-not-down), with the reason added to its detail.
Observation as_unknown(Observation observation, std::string_view reason);

}  // namespace failover
