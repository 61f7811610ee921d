#pragma once

#include <string>
#include <string_view>

#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover::cli {

/// The members of the JSON objects `check`, `state` and `verdict`, as the text of an object.
std::string check_fields(const Observation& observation, bool is_reference);
std::string state_fields(const Target& target, TargetState from, TargetState to, std::string_view reason);
std::string verdict_fields(const Verdict& verdict);
/// Of the object `observation`: what one node says.
std::string observation_fields(const NodeObservation& observation);
/// Of the object `reload`: whether the new configuration was taken over.
std::string reload_fields(bool taken, const std::string& message);
/// Of the result object: the message, and the verdict if there is one.
std::string result_fields(const std::string& message, const Verdict& verdict);

}  // namespace failover::cli
