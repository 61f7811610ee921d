#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "core/atomic_file.hpp"
#include "state/state_dir.hpp"
#include "state/watched_targets.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using failover::Health;
using failover::Observation;
using failover::Result;
using failover::StateDir;
using failover::Verdict;
using failover::WatchListener;
using failover::WatchPlan;

namespace {

struct Home {
  Home() : state(*StateDir::open(folder.path() / "state")) {}
  [[nodiscard]] std::unique_ptr<WatchListener> watch() const {
    auto memory = failover::make_watch_memory(state.root(), nullptr);
    REQUIRE(memory);
    WatchPlan plan;
    plan.targets = {*failover::parse_target("sip://192.0.2.1")};
    plan.references = {*failover::parse_target("tcp://192.0.2.9:53")};
    (*memory)->watching(plan);
    return std::move(*memory);
  }
  [[nodiscard]] failover::WatchedTargets written() const {
    return failover::read_watched_targets(state).value_or(failover::WatchedTargets{});
  }
  failover::test::TemporaryDirectory folder;
  StateDir state;
};

void see(WatchListener& memory, Result<Health> health, const std::string& target = "sip://192.0.2.1") {
  Observation observation;
  observation.target = *failover::parse_target(target);
  observation.health = std::move(health);
  memory.checked(observation, target != "sip://192.0.2.1");
}

const std::string identity = "sip://192.0.2.1:5060";

}  // namespace

TEST_CASE("a watch writes down since when each target is as it is, at the change of its verdict") {
  const Home home;
  const auto memory = home.watch();
  see(*memory, Health::up);
  see(*memory, Health::up, "tcp://192.0.2.9:53");
  see(*memory, Health::down);
  see(*memory, Health::down);
  CHECK(home.written().empty());
  memory->verdict_changed(Verdict{Health::down, "1 of 1 down"});
  const auto rows = home.written();
  REQUIRE(rows.size() == 2);
  CHECK(rows.at(identity).health == "down");
  CHECK(rows.at(identity).until >= rows.at(identity).since);
  CHECK(rows.at("tcp://192.0.2.9:53").health == "up");
}

TEST_CASE("the same answer goes on after a restart, another one begins anew, and unknown is one of its own") {
  const Home home;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto first = now - std::chrono::seconds(90);
  const auto left = [&](const std::string& health) {
    REQUIRE(write_watched_targets(home.state, {{identity, {health, first, now, std::chrono::seconds(30)}}}, now));
  };
  const auto seen_then = [&](std::initializer_list<Result<Health>> answers) {
    const auto memory = home.watch();
    for (const auto& each : answers) see(*memory, each);
  };
  left("down");
  seen_then({Health::down});
  CHECK(home.written().at(identity).since == first);
  CHECK(home.written().at(identity).until >= now);
  left("down");
  seen_then({Health::up, Health::down});
  CHECK(home.written().at(identity).since >= now);
  left("up");
  seen_then({Health::down});
  CHECK(home.written().at(identity).since >= now);
  left("down");
  seen_then({failover::fail(failover::ErrorKind::unreachable, "no route"), Health::down});
  CHECK(home.written().at(identity).health == "down");
  CHECK(home.written().at(identity).since >= now);
}

TEST_CASE("a row that broke off long ago does not go on") {
  const Home home;
  const auto before = std::chrono::system_clock::now() - std::chrono::hours(2);
  REQUIRE(write_watched_targets(home.state, {{identity, {"down", before, before, std::chrono::seconds(30)}}}, before));
  {
    const auto memory = home.watch();
    see(*memory, Health::down);
  }
  CHECK(home.written().at(identity).since > before + std::chrono::hours(1));
}

TEST_CASE("what is watched no more is not written by this watch, and a watch that saw nothing writes nothing") {
  const Home home;
  {
    const auto memory = home.watch();
  }
  CHECK(home.written().empty());
  const auto memory = home.watch();
  see(*memory, Health::up);
  memory->watching(WatchPlan{});
  memory->verdict_changed(Verdict{Health::up, "0 of 0 down"});
  CHECK(home.written().empty());
}

TEST_CASE("what cannot be written is told once and stops nothing") {
  struct Told final : failover::Events {
    void progress(std::string_view, std::uint64_t, std::uint64_t) noexcept override {}
    void note(failover::Level, std::string_view) noexcept override { ++notes; }
    int notes = 0;
  };
  const Home home;
  Told told;
  auto memory = failover::make_watch_memory(home.state.root(), &told);
  REQUIRE(memory);
  WatchPlan plan;
  plan.targets = {*failover::parse_target("sip://192.0.2.1")};
  (*memory)->watching(plan);
  REQUIRE(failover::write_file_atomically(home.state.probe() / "watched", "{\"format\":2}"));
  for (const auto health : {Health::down, Health::up, Health::down}) {
    see(**memory, health);
    (*memory)->verdict_changed(Verdict{health, "changed"});
  }
  CHECK(told.notes == 1);
}
