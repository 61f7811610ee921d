#include "witness/observation_text.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "core/clock.hpp"
#include "core/whole_number.hpp"

namespace failover {

namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr std::int64_t format = 1;
constexpr std::size_t longest_name = 64;
constexpr std::size_t most_targets = 100;
constexpr std::size_t longest_text = 1000;
// Beyond every lease.
constexpr std::int64_t longest_age_ms = 10LL * 365 * 24 * 3600 * 1000;

std::unexpected<Error> odd(std::string_view what) {
  return fail(ErrorKind::protocol, fmt::format("the observation is not understood: {}", what));
}

Result<const std::string*> text(const Json& object, const char* name) {
  const auto found = object.find(name);
  const auto* const value = found == object.end() ? nullptr : found->get_ptr<const std::string*>();
  if (value == nullptr || value->size() > longest_text) return odd(fmt::format("{} is missing or no text", name));
  return value;
}

Result<std::int64_t> number(const Json& object, const char* name) {
  const auto found = object.find(name);
  const auto* const value = found == object.end() ? nullptr : found->get_ptr<const Json::number_unsigned_t*>();
  // Compared as what it is: to JSON's own comparison 2^64-1 is -1, and an age would begin tomorrow.
  if (value == nullptr || *value > static_cast<std::uint64_t>(longest_age_ms)) {
    return odd(fmt::format("{} is missing or no number", name));
  }
  return static_cast<std::int64_t>(*value);
}

/// The inner Result is what was said: "unknown" is an error there.
Result<Result<Health>> health(const Json& object) {
  const auto& word = *FO_TRY(text(object, "health"));
  if (word == "up") return Result<Health>(Health::up);
  if (word == "down") return Result<Health>(Health::down);
  if (word == "unknown") return Result<Health>(fail(ErrorKind::unreachable, "that node could not tell"));
  return odd("health is neither up, down nor unknown");
}

Result<std::uint64_t> term_of(const Json& object) {
  const auto& digits = *FO_TRY(text(object, "term"));
  const auto term = whole_number<std::uint64_t>(digits).value_or(0);
  if (term == 0) return odd("term is no number");
  return term;
}

Result<std::vector<TargetHealth>> targets_of(const Json& object) {
  const auto list = object.find("targets");
  if (list == object.end() || !list->is_array() || list->size() > most_targets) {
    return odd("targets is no list, or too long");
  }
  std::vector<TargetHealth> targets;
  for (const auto& one : *list) {
    if (!one.is_object()) return odd("a target is no object");
    targets.push_back({*FO_TRY(text(one, "target")), FO_TRY(health(one))});
  }
  return targets;
}

Result<WitnessRole> role_of(const Json& object) {
  const auto& word = *FO_TRY(text(object, "role"));
  for (const auto role : {WitnessRole::observer, WitnessRole::active}) {
    if (to_string(role) == word) return role;
  }
  return odd("role is neither observer nor active");
}

/// What people should see first is not cut off.
std::vector<const TargetHealth*> foremost(const std::vector<TargetHealth>& targets) {
  std::vector<const TargetHealth*> chosen;
  for (const bool up : {false, true}) {
    for (const auto& one : targets) {
      if (chosen.size() < most_targets && (one.health == Health::up) == up) chosen.push_back(&one);
    }
  }
  return chosen;
}

}  // namespace

bool is_node_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= longest_name && name.front() != '.' && std::ranges::all_of(name, allowed);
}

std::string to_text(const StoredObservation& observation) {
  const auto& said = observation.said;
  auto targets = Json::array();
  for (const auto* one : foremost(said.targets)) {
    // A name that was cut would be another one's.
    if (one->target.size() > longest_text) continue;
    targets.push_back({{"target", one->target}, {"health", to_string(one->health)}});
  }
  const auto aged = std::chrono::ceil<milliseconds>(said.age.value_or(Duration::zero()));
  Json json{{"format", format},
            {"node", said.node},
            {"address", said.address},
            {"role", to_string(said.role)},
            {"health", to_string(said.health)},
            {"reason", said.reason.substr(0, longest_text / 4)},
            {"targets", std::move(targets)},
            {"time", rfc3339(said.when)},
            {"aged_ms", std::clamp<std::int64_t>(aged.count(), 0, longest_age_ms)},
            {"term", std::to_string(observation.term)}};
  if (const auto& same = said.same_for; same) {
    const auto count = std::chrono::floor<milliseconds>(*same).count();
    json["same_ms"] = std::clamp<std::int64_t>(count, 0, longest_age_ms);
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<StoredObservation> parse_observation(std::string_view content) {
  const auto json = Json::parse(content.begin(), content.end(), nullptr, false);
  if (json.is_discarded() || !json.is_object()) return odd("it is no JSON object");
  if (FO_TRY(number(json, "format")) != format) return odd("it has another format, so it is of another version");
  StoredObservation stored;
  stored.term = FO_TRY(term_of(json));
  auto& said = stored.said;
  said.node = *FO_TRY(text(json, "node"));
  if (!is_node_name(said.node)) return odd("its node has no proper name");
  said.address = *FO_TRY(text(json, "address"));
  said.role = FO_TRY(role_of(json));
  said.health = FO_TRY(health(json));
  said.reason = *FO_TRY(text(json, "reason"));
  said.targets = FO_TRY(targets_of(json));
  const auto* const time = FO_TRY(text(json, "time"));
  said.when = FO_TRY(parse_rfc3339(*time));
  said.age = milliseconds(FO_TRY(number(json, "aged_ms")));
  // Nodes of earlier versions do not say it.
  if (json.contains("same_ms")) said.same_for = milliseconds(FO_TRY(number(json, "same_ms")));
  return stored;
}

}  // namespace failover
