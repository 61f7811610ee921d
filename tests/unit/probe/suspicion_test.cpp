#include "probe/suspicion.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "support/catch.hpp"
#include "unit/probe/fake_watch.hpp"

using namespace std::chrono_literals;
using failover::Health;
using failover::Observation;
using failover::TargetState;
using fake::World;

namespace {

const std::string udp = "sip://pbx.example";
const std::string web = "https://pbx.example:5001/";
const std::string tunnel = "tunnel://pbx.example";

struct Elsewhere final : failover::OtherObservers {
  std::optional<std::string> who;
  std::optional<std::string> who_sees_up(const failover::Target& target) override {
    return failover::speaks_sip(target) ? who : std::nullopt;
  }
};

World pbx() {
  World world({udp, web, tunnel});
  // So that the verdict follows SIP alone.
  world.plan.options.policy.down_needed = 1;
  return world;
}

Observation seen(const std::string& text, failover::Result<Health> health, bool silent = false) {
  return {.target = fake::target(text), .health = std::move(health), .detail = "said so", .when = {}, .silent = silent};
}

}  // namespace

TEST_CASE("the silence of SIP alone is unknown with an alarm, and down when --suspect-for is over") {
  auto world = pbx();
  world.start();
  world.run_for(1min);
  world.peers[udp] = fake::silent;
  const auto before = world.now;
  world.run_for(90s);
  REQUIRE_FALSE(world.end.has_value());
  REQUIRE(world.states[udp] == TargetState::unknown);
  REQUIRE(world.noted("block list"));
  REQUIRE(world.notes.size() == 1);
  world.run_for(10min);
  REQUIRE(world.end.has_value());
  REQUIRE(world.end->value().health == Health::down);
  const auto silent_from = *world.ended_at - before;
  REQUIRE(silent_from >= 2min);
  REQUIRE(silent_from <= 2min + world.plan.options.interval + 10ms);
}

TEST_CASE("while it is suspected it is asked at the interval, not more often") {
  auto world = pbx();
  world.plan.options.suspect_for = 1h;
  world.start();
  world.run_for(1min);
  world.peers[udp] = fake::silent;
  world.run_for(2min);
  const auto before = world.begun_of(udp).size();
  world.run_for(10min);
  REQUIRE(world.begun_of(udp).size() - before <= 21);
}

TEST_CASE("a silence is not suspicious") {
  auto world = pbx();
  world.start();
  world.run_for(1min);
  const auto bound = world.plan.options.interval + 2 * world.plan.options.retry_interval + 5s + 20ms;

  SECTION("when SIP is refused") {
    world.peers[udp] = fake::refused;
  }
  SECTION("when another service of the host fails too") {
    world.peers[udp] = fake::silent;
    world.peers[web] = fake::refused;
    world.plan.options.policy.down_needed = 2;
    world.start();
  }
  SECTION("when suspicion is switched off") {
    world.peers[udp] = fake::silent;
    world.plan.options.suspect_for = 0s;
    world.start();
  }
  const auto died = world.now;
  world.run_for(10min);
  REQUIRE(world.end.has_value());
  REQUIRE(*world.ended_at - died <= bound);
}

TEST_CASE("a silence is not suspicious when nothing else of the host is watched") {
  World world({udp, "https://other.example/"});
  world.plan.options.policy.down_needed = 1;
  world.start();
  world.run_for(1min);
  world.peers[udp] = fake::silent;
  world.run_for(50s);
  REQUIRE(world.end.has_value());
}

TEST_CASE("SIP over TCP that answers proves that UDP is down; TCP that is silent too does not") {
  const std::string tcp = "sip://pbx.example:5060?name=x";
  World world({udp, tcp, web});
  world.plan.options.policy.down_needed = 1;
  world.start();
  world.run_for(1min);
  world.peers[udp] = fake::silent;
  SECTION("it answers") {
    world.run_for(50s);
    REQUIRE(world.end.has_value());
  }
  SECTION("it is silent") {
    world.peers[tcp] = fake::silent;
    world.run_for(100s);
    REQUIRE_FALSE(world.end.has_value());
    world.run_for(10min);
    REQUIRE(world.end.has_value());
  }
}

TEST_CASE("while an observer elsewhere sees SIP up we are blocked, for as long as that is so") {
  auto world = pbx();
  Elsewhere elsewhere;
  elsewhere.who = "berlin";
  world.plan.options.others = &elsewhere;
  world.start();
  world.run_for(1min);
  world.peers[udp] = fake::silent;
  world.run_for(5h);
  REQUIRE_FALSE(world.end.has_value());
  REQUIRE(world.states[udp] == TargetState::unknown);
  REQUIRE(world.noted("the observer berlin sees it up"));
  REQUIRE(world.noted("blocks this host"));
  elsewhere.who.reset();
  world.run_for(1min);
  REQUIRE(world.end.has_value());
}

TEST_CASE("suspicion ends with an answer, and the next silence begins anew") {
  auto world = pbx();
  world.start();
  world.run_for(1min);
  for (int i = 0; i < 5; ++i) {
    world.peers[udp] = fake::silent;
    world.run_for(100s);
    REQUIRE_FALSE(world.end.has_value());
    // One answer and one refusal are neither up nor down.
    std::size_t n = 0;
    world.peers[udp] = [&n] { return ++n == 2 ? fake::refused() : fake::up(); };
    world.run_for(2min);
    REQUIRE(n > 3);
    REQUIRE_FALSE(world.end.has_value());
    REQUIRE(world.states[udp] == TargetState::up);
  }
}

TEST_CASE("a single look cannot tell a block from a crash") {
  const auto health = [](std::vector<Observation> all) {
    return failover::to_string(failover::doubt_lone_silence(std::move(all)).front().health);
  };
  REQUIRE(health({seen(udp, Health::down, true), seen(tunnel, Health::up)}) == "unknown");
  REQUIRE(health({seen(udp, Health::down, false), seen(tunnel, Health::up)}) == "down");
  REQUIRE(health({seen(udp, Health::down, true), seen(tunnel, Health::down)}) == "down");
  REQUIRE(health({seen(udp, Health::down, true), seen(tunnel, Health::up), seen(web, Health::down)}) == "down");
  REQUIRE(health({seen(udp, Health::down, true)}) == "down");
  REQUIRE(health({seen(udp, Health::down, true), seen("tunnel://other.example", Health::up)}) == "down");
}
