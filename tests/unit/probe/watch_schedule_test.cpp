#include "probe/watch_schedule.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <failover/context.hpp>

#include "support/catch.hpp"
#include "unit/probe/fake_watch.hpp"

using namespace std::chrono_literals;
using failover::Duration;
using fake::World;

namespace {

World watch_of(std::size_t count) {
  std::vector<std::string> targets;
  for (std::size_t i = 0; i < count; ++i) targets.push_back("tcp://host" + std::to_string(i) + ".example:80");
  return World(targets);
}

/// The most checks that begin within any window of that length.
std::size_t most_within(const World& world, Duration window, Duration from) {
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < world.begun.size(); ++last) {
    while (world.begun[last].first - world.begun[first].first >= window) ++first;
    if (world.begun[first].first >= from) most = std::max(most, last - first + 1);
  }
  return most;
}

}  // namespace

TEST_CASE("a watch of a few targets looks at all of them within a moment") {
  auto world = watch_of(3);
  world.start();
  world.run_for(250ms);
  REQUIRE(world.begun.size() == 3);
}

TEST_CASE("the targets of a watch are spread over the interval") {
  auto world = watch_of(10);
  world.start();
  world.run_for(10min);
  REQUIRE(most_within(world, 1s, 1min) == 1);
  auto many = watch_of(3000);
  many.start();
  many.run_for(3min);
  // The first round too: 100 a second, not 3000 at once.
  REQUIRE(most_within(many, 1s, 0s) <= 205);
  REQUIRE(most_within(many, 1s, 1min) <= 105);
}

TEST_CASE("two checks of a target are never further apart than the interval, nor closer than the retry interval") {
  auto world = watch_of(7);
  std::size_t n = 0;
  for (const auto& target : world.plan.targets) {
    world.peers[target.text] = [&n] { return ++n % 11 == 0 ? fake::refused() : fake::up(); };
  }
  world.start();
  world.run_for(1h);
  for (const auto& target : world.plan.targets) {
    const auto times = world.begun_of(target.text);
    REQUIRE(times.size() >= 119);
    for (std::size_t i = 1; i < times.size(); ++i) {
      REQUIRE(times[i] - times[i - 1] <= world.plan.options.interval);
      REQUIRE(times[i] - times[i - 1] >= world.plan.options.retry_interval);
    }
  }
}

TEST_CASE("after a failed check the next ones follow at the retry interval") {
  auto world = watch_of(1);
  world.start();
  world.run_for(1min);
  world.peers[world.plan.targets[0].text] = fake::refused;
  world.run_for(1h);
  const auto times = world.begun_of(world.plan.targets[0].text);
  REQUIRE(times.back() - times.at(times.size() - 3) == 2 * world.plan.options.retry_interval);
}
