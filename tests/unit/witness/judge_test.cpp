#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "support/catch.hpp"

using failover::ErrorKind;
using failover::Health;
using failover::judge_witnesses;
using failover::NodeObservation;
using failover::Result;
using failover::Verdict;
using failover::with_second_opinion;
using failover::WitnessRole;
using std::chrono::seconds;

namespace {

constexpr std::string_view sip = "sip://192.0.2.1";

/// U up, D down, ? unknown of a fresh observer; u d the same, too old; x of no known age (down); A the active serves,
/// a too long ago, @ at no known time, ! it says that it does not.
NodeObservation one(char letter, std::size_t number) {
  NodeObservation said;
  said.node = "node" + std::to_string(number);
  said.address = "192.0.2." + std::to_string(100 + number);
  const std::string_view all(&letter, 1);
  const bool down = all.find_first_of("Ddx!") == 0;
  if (letter == '?') {
    said.health = failover::fail(ErrorKind::unreachable, "could not ask");
  } else {
    said.health = down ? Health::down : Health::up;
  }
  said.targets = {{std::string(sip), said.health}};
  said.role = all.find_first_of("Aa@!") == 0 ? WitnessRole::active : WitnessRole::observer;
  if (all.find_first_of("x@") != 0) said.age = all.find_first_of("uda") == 0 ? seconds(91) : seconds(90);
  return said;
}

std::vector<NodeObservation> observations(std::string_view letters) {
  std::vector<NodeObservation> list;
  for (std::size_t i = 0; i < letters.size(); ++i) list.push_back(one(letters[i], i));
  return list;
}

std::string verdict(std::string_view letters, std::size_t quorum) {
  return std::string(to_string(judge_witnesses(observations(letters), {.quorum = quorum}).health));
}

std::string elsewhere(const Result<std::vector<NodeObservation>>& read) {
  return failover::who_sees_up(read, sip, "node0", "192.0.2.101", seconds(90)).value_or("nobody");
}

}  // namespace

TEST_CASE("down only if a quorum of fresh observers says down") {
  struct Row {
    std::string_view letters;
    std::size_t quorum;
    std::string_view verdict;
  };
  const auto row = GENERATE(values<Row>({
      {"", 1, "unknown"},   {"D", 1, "down"},      {"U", 1, "up"},       {"?", 1, "unknown"},   {"D", 2, "unknown"},
      {"DD", 2, "down"},    {"U", 2, "unknown"},   {"UU", 2, "up"},      {"DU", 2, "unknown"},  {"DDU", 2, "down"},
      {"DUU", 2, "up"},     {"D??", 2, "unknown"}, {"DD??", 2, "down"},  {"DDU", 3, "unknown"}, {"DDD", 3, "down"},
      {"", 0, "unknown"},   {"DDD", 0, "unknown"}, {"Dd", 2, "unknown"}, {"dd", 2, "unknown"},  {"Uu", 2, "unknown"},
      {"uu", 1, "unknown"}, {"Dx", 2, "unknown"},  {"xx", 1, "unknown"}, {"DDx", 2, "down"},
  }));
  INFO(row.letters << " quorum " << row.quorum);
  CHECK(verdict(row.letters, row.quorum) == row.verdict);
}

TEST_CASE("the active host's own fresh word vetoes a down, and confirms an up") {
  CHECK(verdict("DDA", 2) == "unknown");
  CHECK(verdict("DDDDA", 2) == "unknown");
  CHECK(verdict("DDa", 2) == "down");
  CHECK(verdict("DD!", 2) == "down");
  // When the store cannot tell how old it is, it may be of this moment.
  CHECK(verdict("DD@", 2) == "unknown");
  CHECK(verdict("UA", 2) == "up");
  CHECK(verdict("U@", 2) == "unknown");
  CHECK(verdict("DUA", 2) == "up");
  // It is no observer: its word alone is no up, its down is none of the quorum.
  CHECK(verdict("A", 1) == "unknown");
  CHECK(verdict("D!", 2) == "unknown");
  CHECK(verdict("!", 1) == "unknown");
}

TEST_CASE("unknown-is-not-down: a read that failed is no down and no absence") {
  const Result<std::vector<NodeObservation>> read = failover::fail(ErrorKind::timeout, "no endpoint answers");
  const auto judged = judge_witnesses(read, {.quorum = 1});
  REQUIRE_FALSE(judged.health);
  CHECK(judged.health.error().kind == ErrorKind::timeout);
  CHECK(judged.reason == "the observers cannot be read: no endpoint answers");
}

TEST_CASE("a quorum counts nodes, not words") {
  auto twice = observations("DD");
  twice[1].node = twice[0].node;
  CHECK(to_string(judge_witnesses(twice, {.quorum = 2}).health) == "unknown");
}

TEST_CASE("the reason names who says what") {
  const auto judged = judge_witnesses(observations("DDUdA"), {.quorum = 2});
  CHECK(judged.reason ==
        "observers: 2 down (node0, node1), 1 up (node2), 1 unknown or too old (node3); quorum 2; "
        "the active says that it serves");
}

TEST_CASE("a second opinion binds a down and nothing else") {
  const Verdict down{Health::down, "3 of 3 down"};
  const Verdict up{Health::up, "3 of 3 up"};
  const Verdict unknown{failover::fail(ErrorKind::unreachable, "cut off"), "cut off"};
  CHECK(to_string(with_second_opinion(down, down).health) == "down");
  CHECK(to_string(with_second_opinion(down, up).health) == "unknown");
  CHECK(to_string(with_second_opinion(down, unknown).health) == "unknown");
  for (const auto& opinion : {down, up, unknown}) {
    CHECK(to_string(with_second_opinion(up, opinion).health) == "up");
    CHECK(to_string(with_second_opinion(unknown, opinion).health) == "unknown");
  }
}

TEST_CASE("who sees a target up from elsewhere") {
  // node0 is ourselves, node1 looks from our address.
  CHECK(elsewhere(observations("UU")) == "nobody");
  CHECK(elsewhere(observations("DDU")) == "node2");
  CHECK(elsewhere(observations("DDD")) == "nobody");
  CHECK(elsewhere(observations("DDDU")) == "node3");
  CHECK(elsewhere(observations("DD?")) == "nobody");
  CHECK(elsewhere(observations("DDu")) == "nobody");
  CHECK(elsewhere(observations("DDx")) == "nobody");
  // The active's loopback is no other address to see it from.
  CHECK(elsewhere(observations("DDA")) == "nobody");
  CHECK(elsewhere(failover::fail(ErrorKind::timeout, "no answer")) == "nobody");
  auto other = observations("DDU");
  other[2].targets[0].target = "sip://192.0.2.2";
  CHECK(elsewhere(other) == "nobody");
}
