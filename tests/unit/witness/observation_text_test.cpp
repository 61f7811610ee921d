#include "witness/observation_text.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "support/catch.hpp"

using failover::Health;
using failover::parse_observation;
using failover::StoredObservation;

namespace {

StoredObservation sample() {
  StoredObservation stored{.said = {}, .term = 3};
  auto& said = stored.said;
  said.node = "standby";
  said.address = "192.0.2.12";
  said.role = failover::WitnessRole::observer;
  said.health = Health::down;
  said.reason = "2 of 2 down";
  said.targets = {{"sip://192.0.2.11", Health::down},
                  {"tcp://192.0.2.11:443", failover::fail(failover::ErrorKind::timeout, "?")}};
  said.when = std::chrono::system_clock::from_time_t(1'700'000'000);
  said.age = std::chrono::milliseconds(1500);
  return stored;
}

std::string replaced(std::string_view what, std::string_view by) {
  auto text = to_text(sample());
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("an observation as it is stored, and back") {
  const auto text = to_text(sample());
  CHECK(text == R"({"format":1,"node":"standby","address":"192.0.2.12","role":"observer","health":"down",)"
                R"("reason":"2 of 2 down","targets":[{"target":"sip://192.0.2.11","health":"down"},)"
                R"({"target":"tcp://192.0.2.11:443","health":"unknown"}],"time":"2023-11-14T22:13:20Z","aged_ms":1500,)"
                R"("term":"3"})");
  const auto back = parse_observation(text);
  REQUIRE(back);
  CHECK(to_text(*back) == text);
  CHECK(back->said.health == Health::down);
  CHECK_FALSE(back->said.targets[1].health);
}

TEST_CASE("for how long its health had been so is told if the node knows it, and what is no number is refused") {
  auto stored = sample();
  stored.said.same_for = std::chrono::milliseconds(61'000);
  const auto text = to_text(stored);
  CHECK(text.contains("\"same_ms\":61000"));
  const auto back = parse_observation(text);
  REQUIRE(back);
  CHECK(back->said.same_for == std::chrono::milliseconds(61'000));
  const auto now = std::chrono::system_clock::from_time_t(1'700'000'100);
  CHECK(back->said.since(now) == now - std::chrono::milliseconds(62'500));
  CHECK(!parse_observation(to_text(sample()))->said.same_for);
  CHECK(!parse_observation(to_text(sample()))->said.since(now));
  CHECK(!parse_observation(replaced("\"aged_ms\"", "\"same_ms\":-1,\"aged_ms\"")));
  CHECK(!parse_observation(replaced("\"aged_ms\"", "\"same_ms\":\"1\",\"aged_ms\"")));
}

TEST_CASE("of very many targets those that are not up are kept") {
  auto many = sample();
  many.said.targets.clear();
  for (int i = 0; i < 5000; ++i) many.said.targets.push_back({"tcp://h:" + std::to_string(i + 1), Health::up});
  many.said.targets.back().health = Health::down;
  const auto back = parse_observation(to_text(many));
  REQUIRE(back);
  CHECK(back->said.targets.size() == 100);
  CHECK(back->said.targets.front().target == "tcp://h:5000");
}

TEST_CASE("an observation that is not whole is an error") {
  for (const auto& text : {
           std::string{},
           std::string("{}"),
           std::string("[1]"),
           replaced("\"format\":1", "\"format\":2"),
           replaced("\"format\":1", "\"format\":\"1\""),
           replaced("\"format\":1,", ""),
           replaced("\"health\":\"down\",\"reason\"", "\"health\":\"Down\",\"reason\""),
           replaced("\"health\":\"down\",\"reason\"", "\"health\":true,\"reason\""),
           replaced("\"health\":\"down\",\"reason\"", "\"reason\""),
           replaced("observer", "king"),
           replaced("standby", "../x"),
           replaced("standby", ""),
           replaced("\"aged_ms\":1500", "\"aged_ms\":-1"),
           replaced("\"aged_ms\":1500", "\"aged_ms\":1e300"),
           replaced("\"aged_ms\":1500", "\"aged_ms\":18446744073709551615"),
           replaced("\"aged_ms\":1500,", ""),
           replaced("\"term\":\"3\"", "\"term\":\"0\""),
           replaced("\"term\":\"3\"", "\"term\":3"),
           replaced("\"targets\":[", "\"targets\":[1,"),
           replaced("2023-11-14T22:13:20Z", "yesterday"),
       }) {
    INFO(text);
    CHECK_FALSE(parse_observation(text));
  }
}

TEST_CASE("names of nodes") {
  for (const auto* good : {"a", "pbx-1", "PBX_1.example"}) CHECK(failover::is_node_name(good));
  for (const auto* bad : {"", ".", ".a", "a/b", "a b", "ä"}) CHECK_FALSE(failover::is_node_name(bad));
  CHECK_FALSE(failover::is_node_name(std::string(65, 'a')));
}
