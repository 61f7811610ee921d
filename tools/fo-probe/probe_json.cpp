#include "fo-probe/probe_json.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover::cli {

namespace {

using Json = nlohmann::ordered_json;

/// What a peer said may be any bytes.
std::string dump(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view grade_name(Grade grade) noexcept {
  constexpr std::array<std::string_view, 3> names{"ok", "warning", "critical"};
  return names.at(static_cast<std::size_t>(grade));
}

}  // namespace

std::string check_fields(const Observation& observation, bool is_reference) {
  Json fields{{"target", observation.target.text},
              {"health", to_string(observation.health)},
              {"rtt_s", std::chrono::duration<double>(observation.rtt).count()},
              {"detail", observation.detail},
              {"grade", grade_name(observation.grade)}};
  if (!observation.health) fields["error"] = to_string(observation.health.error().kind);
  if (is_reference) fields["reference"] = true;
  return dump(fields);
}

std::string state_fields(const Target& target, TargetState from, TargetState to, std::string_view reason) {
  return dump(Json{{"target", target.text}, {"from", to_string(from)}, {"to", to_string(to)}, {"reason", reason}});
}

std::string verdict_fields(const Verdict& verdict) {
  return dump(Json{{"health", to_string(verdict.health)}, {"reason", verdict.reason}});
}

std::string observation_fields(const NodeObservation& observation) {
  auto targets = Json::array();
  for (const auto& one : observation.targets) {
    targets.push_back({{"target", one.target}, {"health", to_string(one.health)}});
  }
  Json fields{{"node", observation.node},
              {"address", observation.address},
              {"role", to_string(observation.role)},
              {"health", to_string(observation.health)},
              {"age_s", nullptr},
              {"reason", observation.reason},
              {"targets", std::move(targets)}};
  if (observation.age) fields["age_s"] = std::chrono::duration<double>(*observation.age).count();
  return dump(fields);
}

std::string reload_fields(bool taken, const std::string& message) {
  return dump(Json{{"taken", taken}, {"message", message}});
}

std::string result_fields(const std::string& message, const Verdict& verdict) {
  return dump(Json{{"message", message}, {"health", to_string(verdict.health)}});
}

}  // namespace failover::cli
