#include "probe/watch_core.hpp"

#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "support/catch.hpp"
#include "unit/probe/fake_watch.hpp"

using namespace std::chrono_literals;
using failover::Duration;
using failover::Health;
using failover::TargetState;
using fake::World;

namespace {

const std::string sip = "sip://pbx.example";
const std::string web = "https://pbx.example:5001/";

}  // namespace

TEST_CASE("a watch ends with the awaited verdict and not before fall failures") {
  World world({sip});
  world.start();
  world.run_for(60s);
  REQUIRE(world.states[sip] == TargetState::up);
  world.peers[sip] = fake::refused;
  world.run_for(10min);
  REQUIRE(world.end.has_value());
  REQUIRE(world.end->value().health == Health::down);
  std::size_t downs = 0;
  for (const auto& [when, check] : world.checks) downs += check.health == Health::down ? 1U : 0U;
  REQUIRE(downs == 3);
}

TEST_CASE("time to verdict is within its bound, whenever the service dies and however it is silent") {
  std::mt19937_64 random(4711);
  for (int round = 0; round < 300; ++round) {
    World world({sip, web});
    auto& options = world.plan.options;
    options.interval = std::chrono::milliseconds(1000 + random() % 30000);
    options.retry_interval = std::max<Duration>(options.interval / 5, 1s);
    options.probe.timeout = std::chrono::milliseconds(500 + random() % 5000);
    options.fall = 1 + static_cast<unsigned>(random() % 4);
    options.suspect_for = 0s;
    world.start();
    world.run_for(2 * options.interval + std::chrono::milliseconds(random() % 60000));
    const bool is_silent = random() % 2 == 0;
    const auto answer = [&] { return fake::Answer{Health::down, is_silent ? options.probe.timeout : 1ms, is_silent}; };
    world.peers[sip] = world.peers[web] = answer;
    const auto died = world.now;
    world.run_for(1h);
    CAPTURE(round, is_silent, options.interval.count(), options.fall);
    REQUIRE(world.end.has_value());
    const auto retry = std::max(options.retry_interval, options.probe.timeout);
    REQUIRE(*world.ended_at - died <= options.interval + (options.fall - 1) * retry + options.probe.timeout + 20ms);
  }
}

TEST_CASE("isolation: a target never seen up does not become down") {
  World world({sip});
  world.peers[sip] = fake::refused;
  world.start();
  world.run_for(1h);
  REQUIRE_FALSE(world.end.has_value());
  REQUIRE(world.checks.back().second.detail.find("never seen up") != std::string::npos);

  SECTION("but one that an earlier run saw up does") {
    world.memory.targets.insert(sip);
    world.run_for(10min);
    REQUIRE(world.end.has_value());
  }
  SECTION("and so with the admin's word") {
    world.plan.options.assume_was_up = true;
    world.start();
    world.run_for(10min);
    REQUIRE(world.end.has_value());
  }
}

TEST_CASE("isolation: a down for which the references do not vouch is unknown") {
  World world({sip});
  world.start();
  world.run_for(1min);
  world.peers[sip] = fake::refused;
  world.references = [] { return failover::Verdict{Health::down, "2 of 2 down"}; };
  world.run_for(1h);
  REQUIRE_FALSE(world.end.has_value());
  REQUIRE(world.states[sip] == TargetState::unknown);
  world.references = [] { return failover::Verdict{Health::up, "2 of 2 up"}; };
  world.run_for(10min);
  REQUIRE(world.end.has_value());
}

TEST_CASE("unknown-is-not-down: one unknown result begins the count anew") {
  World world({sip});
  world.start();
  world.run_for(1min);
  std::size_t n = 0;
  world.peers[sip] = [&n] { return ++n % 3 == 0 ? fake::could_not_ask() : fake::refused(); };
  world.run_for(1h);
  REQUIRE(n > 100);
  REQUIRE_FALSE(world.end.has_value());
}

TEST_CASE("a target that is this host ends the watch") {
  World world({sip});
  world.start();
  world.run_for(1min);
  world.peers[sip] = [] {
    return fake::Answer{failover::fail(failover::ErrorKind::refused, "an address of this host"), 1ms, false};
  };
  world.run_for(1min);
  REQUIRE(world.end.has_value());
  REQUIRE_FALSE(world.end->has_value());
}

TEST_CASE("a standstill of this host makes everything unknown and every count begin anew") {
  World world({sip, web});
  world.plan.options.suspect_for = 0s;
  world.start();
  world.run_for(61s);
  REQUIRE(world.states[sip] == TargetState::up);

  SECTION("stopped, with a check under way") {
    world.peers[sip] = world.peers[web] = fake::silent;
    while (world.core.next_wake() > world.time().awake + 400ms) world.run_for(100ms);
    world.run_for(500ms);
    const auto checks = world.checks.size();
    world.stand_still(20s);
    world.run_for(1s);
    REQUIRE(world.noted("stood still"));
    REQUIRE(world.states[sip] == TargetState::unknown);
    REQUIRE(world.states[web] == TargetState::unknown);
    REQUIRE(world.checks.size() > checks);
    for (auto i = checks; i < world.checks.size(); ++i) REQUIRE_FALSE(world.checks[i].second.health.has_value());
  }
  SECTION("stopped between checks, and late for the next") {
    world.stand_still(5min);
    world.run_for(10ms);
    REQUIRE(world.noted("stood still"));
    REQUIRE(world.states[sip] == TargetState::unknown);
    world.run_for(30s);
    REQUIRE(world.states[sip] == TargetState::up);
  }
  SECTION("suspended: the monotonic clock stood too") {
    world.suspend(8h);
    world.run_for(30s);
    REQUIRE(world.noted("stood still for 8 h"));
  }
  SECTION("two downs before and one after are no three") {
    world.peers[sip] = world.peers[web] = fake::refused;
    while (world.begun_of(sip).size() < 4) world.run_for(1s);
    world.run_for(1500ms);
    world.stand_still(1min);
    world.run_for(2s);
    REQUIRE_FALSE(world.end.has_value());
    world.run_for(1min);
    REQUIRE(world.end.has_value());
  }
  SECTION("being late by less than a second is nothing") {
    for (int i = 0; i < 20; ++i) {
      world.run_for(5s);
      world.stand_still(900ms);
    }
    REQUIRE_FALSE(world.noted("stood still"));
  }
}

TEST_CASE("the end of an idle connection makes the next check come at once, and is no failure") {
  World world({sip});
  world.start();
  world.run_for(45s);
  const auto before = world.begun.size();
  world.connection_ends(0);
  world.run_for(100ms);
  REQUIRE(world.begun.size() == before + 1);
  REQUIRE(world.states[sip] == TargetState::up);

  SECTION("a server that closes idle connections makes no storm and no alarm") {
    for (int i = 0; i < 6000; ++i) {
      world.connection_ends(0);
      world.run_for(100ms);
    }
    REQUIRE(world.begun.size() - before <= 10 * 60 / 30 * 2 + 2);
    REQUIRE_FALSE(world.end.has_value());
    REQUIRE(world.states[sip] == TargetState::up);
  }
  SECTION("a death is seen early") {
    world.run_for(31s);
    world.peers[sip] = fake::refused;
    const auto died = world.now;
    world.connection_ends(0);
    world.run_for(1min);
    REQUIRE(*world.ended_at - died <= 2 * world.plan.options.retry_interval + 100ms);
  }
}

TEST_CASE("another plan keeps what is known of the targets that stay") {
  World world({sip, web});
  world.plan.options.policy.down_needed = 1;
  world.start();
  world.run_for(45s);
  world.peers[sip] = fake::refused;
  while (world.begun_of(sip).size() < 4) world.run_for(1s);
  // One down of sip is counted; now another target comes and web goes.
  world.plan.targets = {fake::target("tcp://other.example:80"), fake::target(sip)};
  world.start();
  world.run_for(15s);
  REQUIRE(world.end.has_value());
  REQUIRE(world.begun_of(web).back() <= 45s);
  REQUIRE(world.begun_of("tcp://other.example:80").size() >= 1);
}

TEST_CASE("a watch of ten thousand costs no more than its results") {
  std::vector<std::string> targets;
  for (int i = 0; i < 10'000; ++i)
    targets.push_back("sip://10." + std::to_string(i / 250) + ".0." + std::to_string(i % 250));
  World world(targets);
  world.start();
  world.run_for(2min);
  REQUIRE(world.states.size() == 10'000);
  REQUIRE(world.verdicts.back().reason == "10000 of 10000 up");
}

namespace {

/// Observers who say what a test wants.
struct Others final : failover::OtherObservers {
  std::optional<failover::Verdict> opinion;
  [[nodiscard]] std::optional<std::string> who_sees_up(const failover::Target&) override { return std::nullopt; }
  [[nodiscard]] std::optional<failover::Verdict> together() override { return opinion; }
};

}  // namespace

TEST_CASE("unknown-is-not-down: with observers a down is a verdict only if they say down, too") {
  World world({sip});
  Others others;
  world.plan.options.others = &others;
  others.opinion = failover::Verdict{failover::fail(failover::ErrorKind::timeout, "no answer"), "cannot be read"};
  world.start();
  world.run_for(1min);
  world.peers[sip] = fake::refused;
  world.run_for(10min);
  REQUIRE_FALSE(world.end.has_value());
  REQUIRE(to_string(world.verdicts.back().health) == "unknown");
  REQUIRE(world.verdicts.back().reason == "1 of 1 down; cannot be read");
  // What it says by itself is what it tells the others: else all would wait for each other.
  REQUIRE(to_string(world.own_verdicts.back().health) == "down");
  others.opinion = failover::Verdict{Health::up, "2 up"};
  world.run_for(10min);
  REQUIRE_FALSE(world.end.has_value());

  SECTION("they agree, between two checks of ours") {
    others.opinion = failover::Verdict{Health::down, "2 down"};
    const auto agreed = world.now;
    world.run_for(1min);
    REQUIRE(world.end.has_value());
    REQUIRE(*world.ended_at - agreed <= 1s);
    REQUIRE(world.verdicts.back().reason == "1 of 1 down; 2 down");
  }
  SECTION("an up of ours needs nobody") {
    world.peers[sip] = fake::up;
    world.run_for(2min);
    REQUIRE(to_string(world.verdicts.back().health) == "up");
  }
}
