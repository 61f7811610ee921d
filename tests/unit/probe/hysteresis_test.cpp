#include "probe/hysteresis.hpp"

#include <string_view>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "support/catch.hpp"

using failover::ErrorKind;
using failover::Health;
using failover::Hysteresis;
using failover::Result;
using failover::TargetState;

namespace {

Result<Health> result(char letter) {
  if (letter == 'U') return Health::up;
  if (letter == 'D') return Health::down;
  return failover::fail(ErrorKind::unreachable, "could not ask");
}

/// The states after each result, as letters.
std::string states(unsigned fall, unsigned rise, std::string_view results) {
  Hysteresis hysteresis(fall, rise);
  std::string seen;
  for (const char letter : results) {
    hysteresis.add(result(letter));
    seen += hysteresis.state() == TargetState::up ? 'U' : hysteresis.state() == TargetState::down ? 'D' : '?';
  }
  return seen;
}

}  // namespace

TEST_CASE("a state changes after so many results in a row, not before") {
  CHECK(states(3, 2, "UU") == "?U");
  CHECK(states(3, 2, "UUDD") == "?UUU");
  CHECK(states(3, 2, "UUDDD") == "?UUUD");
  CHECK(states(3, 2, "UUDDUDDUDD") == "?UUUUUUUUU");
  CHECK(states(3, 2, "UUDDDUDU") == "?UUUDDDD");
  CHECK(states(3, 2, "UUDDDUU") == "?UUUDDU");
  CHECK(states(1, 1, "UDU") == "UDU");
}

TEST_CASE("unknown-is-not-down: unknown results never add up to a down, and break a row of downs") {
  CHECK(states(3, 2, "UU??????????") == "?U??????????");
  CHECK(states(3, 2, "UUDD?DD") == "?UUU???");
  CHECK(states(3, 2, "UUDD?DDD") == "?UUU???D");
  CHECK(states(3, 2, "UUDDD?") == "?UUUD?");
}

TEST_CASE("it tells the state it left, and that a change is under way") {
  Hysteresis hysteresis(2, 2);
  CHECK(hysteresis.add(Health::up) == std::nullopt);
  CHECK(hysteresis.changing());
  CHECK(hysteresis.add(Health::up) == TargetState::unknown);
  CHECK_FALSE(hysteresis.changing());
  CHECK(hysteresis.add(Health::down) == std::nullopt);
  CHECK(hysteresis.changing());
  CHECK(hysteresis.add(Health::down) == TargetState::up);
  CHECK_FALSE(hysteresis.changing());
}

TEST_CASE("a row of millions does not overflow") {
  Hysteresis hysteresis(3, 2);
  for (int i = 0; i < 1'000'000; ++i) hysteresis.add(Health::up);
  CHECK(hysteresis.state() == TargetState::up);
  for (int i = 0; i < 3; ++i) hysteresis.add(Health::down);
  CHECK(hysteresis.state() == TargetState::down);
}
