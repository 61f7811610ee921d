#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "support/catch.hpp"

using failover::ErrorKind;
using failover::Health;
using failover::judge;
using failover::Observation;
using failover::parse_target;
using failover::Policy;
using failover::with_references;

namespace {

/// Letters: U up, D down, ? unknown of a strong target; u d ! of a weak one.
std::vector<Observation> observations(std::string_view letters) {
  std::vector<Observation> list;
  for (const char letter : letters) {
    const bool weak = std::string_view("ud!").find(letter) != std::string_view::npos;
    Observation one;
    one.target = *parse_target(weak ? "tunnel://192.0.2.1" : "sip://192.0.2.1");
    if (letter == 'U' || letter == 'u') one.health = Health::up;
    if (letter == 'D' || letter == 'd') one.health = Health::down;
    if (letter == '?' || letter == '!') one.health = failover::fail(ErrorKind::unreachable, "could not ask");
    list.push_back(one);
  }
  return list;
}

constexpr std::size_t all = 0;
constexpr std::size_t any = 1;

std::string verdict(std::string_view letters, std::size_t needed, bool weak_counts = false) {
  return std::string(
      to_string(judge(observations(letters), {.down_needed = needed, .weak_counts = weak_counts}).health));
}

}  // namespace

TEST_CASE("down if enough are down, else unknown if the unknown ones could make it so, else up") {
  struct Row {
    std::string_view letters;
    std::size_t needed;
    std::string_view verdict;
  };
  const auto row = GENERATE(values<Row>({
      {"U", all, "up"},        {"D", all, "down"},      {"?", all, "unknown"},   {"UUU", all, "up"},
      {"DDD", all, "down"},    {"DDU", all, "up"},      {"DD?", all, "unknown"}, {"U??", all, "up"},
      {"???", all, "unknown"}, {"D??", all, "unknown"}, {"UUD", any, "down"},    {"UUU", any, "up"},
      {"UU?", any, "unknown"}, {"D?U", any, "down"},    {"DDU", 2, "down"},      {"D?U", 2, "unknown"},
      {"DUU", 2, "up"},        {"DD?", 2, "down"},      {"?UU", 2, "up"},        {"DDD", 4, "up"},
  }));
  INFO(row.letters << " needed " << row.needed);
  CHECK(verdict(row.letters, row.needed) == row.verdict);
}

TEST_CASE("a weak up does not veto when every strong target is down, unless weak ones count") {
  CHECK(verdict("DDu", all) == "down");
  CHECK(verdict("DDu", all, true) == "up");
  CHECK(verdict("DUu", all) == "up");
  CHECK(verdict("D?u", all) == "unknown");
  CHECK(verdict("D!", all) == "down");
  CHECK(verdict("U!", all) == "up");
  CHECK(verdict("Ud", all) == "up");
  CHECK(verdict("?d", all) == "unknown");
  // Weak ones alone count as they are.
  CHECK(verdict("uu", all) == "up");
  CHECK(verdict("du", all) == "up");
  CHECK(verdict("dd", all) == "down");
  CHECK(verdict("d!", all) == "unknown");
}

TEST_CASE("unknown-is-not-down: whatever the policy, without a down there is no verdict down") {
  for (std::size_t needed = 0; needed <= 4; ++needed) {
    for (const std::string_view letters : {"????", "U???", "UU!!", "!!!!", "u!?U", "uuUU"}) {
      INFO(letters << " needed " << needed);
      CHECK(verdict(letters, needed) != "down");
    }
  }
}

TEST_CASE("nothing checked is unknown") {
  CHECK(verdict("", all) == "unknown");
}

TEST_CASE("isolation: a down stands only while the references are not down themselves") {
  const auto down = judge(observations("DDD"), {});
  const auto health = [&](std::string_view references, std::size_t needed) {
    return std::string(to_string(with_references(down, observations(references), {.down_needed = needed}).health));
  };
  CHECK(health("", all) == "down");
  CHECK(health("U", all) == "down");
  CHECK(health("UD", all) == "down");
  CHECK(health("u?", all) == "down");
  CHECK(health("Du", all) == "down");
  CHECK(health("DD", all) == "unknown");
  CHECK(health("D?", all) == "unknown");
  CHECK(health("??", all) == "unknown");
  CHECK(health("UD", any) == "unknown");
  CHECK(health("UU", any) == "down");
  // An up needs no reference.
  CHECK(to_string(with_references(judge(observations("U"), {}), observations("D"), {}).health) == "up");
}
