#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "witness/observation_text.hpp"

using failover::Health;
using failover::Result;
using failover::StoredObservation;
using failover::TargetHealth;
using failover::test::must;
using Json = nlohmann::json;

namespace {

constexpr std::chrono::hours longest{10 * 365 * 24};

std::string_view word(const Result<Health>& health) {
  if (!health) return "unknown";
  return *health == Health::up ? "up" : "down";
}

/// Nothing is made up: what was read stands there, in a second reading.
void is_stated(const StoredObservation& stored, const Json& json) {
  const auto& said = stored.said;
  must(json["format"] == 1 && json["node"] == said.node && json["address"] == said.address, "who says it is stated");
  must(json["role"] == to_string(said.role) && json["health"] == word(said.health), "what it says is stated");
  must(json["reason"] == said.reason && json["time"].is_string() && json["term"].is_string(), "why and when is stated");
  must(json["aged_ms"].is_number_unsigned() && said.age && *said.age >= failover::Duration::zero() &&
           *said.age <= longest && json["aged_ms"] == *said.age / std::chrono::milliseconds(1),
       "an age is stated, and never that of tomorrow");
  must(stored.term >= 1 && failover::is_node_name(said.node), "a term and a proper name are there");
  must(said.targets.size() <= 100 && json["targets"].size() == said.targets.size(), "every target is there");
  for (std::size_t i = 0; i < said.targets.size(); ++i) {
    const auto& one = json["targets"][i];
    must(one["target"] == said.targets[i].target && one["health"] == word(said.targets[i].health),
         "a target's health is stated");
  }
}

std::vector<std::string> sorted(const std::vector<TargetHealth>& targets) {
  std::vector<std::string> lines;
  lines.reserve(targets.size());
  for (const auto& one : targets) lines.push_back(one.target + ' ' + std::string(word(one.health)));
  std::ranges::sort(lines);
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::test::as_text(data, size);
  const auto stored = failover::parse_observation(text);
  if (!stored) return 0;
  is_stated(*stored, Json::parse(text.begin(), text.end()));

  const auto written = to_text(*stored);
  const auto back = failover::parse_observation(written);
  must(back.has_value(), "what is written is read");
  const auto& said = stored->said;
  must(back->term == stored->term && back->said.node == said.node && back->said.address == said.address &&
           back->said.role == said.role && word(back->said.health) == word(said.health) && back->said.age == said.age &&
           back->said.when == std::chrono::floor<std::chrono::seconds>(said.when),
       "it comes back as it was");
  must(sorted(back->said.targets) == sorted(said.targets), "so do its targets");
  must(to_text(*back) == written, "and is written the same again");
  return 0;
}
