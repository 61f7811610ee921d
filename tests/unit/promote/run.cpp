#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "state/role_file.hpp"
#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "unit/promote/fake_world.hpp"

using namespace failover;
using namespace failover::promote_test;

namespace {

void check_untouched(const Stage& stage) {
  CHECK(stage.world.peer_powered);
  CHECK(!stage.world.serves_here());
  CHECK(stage.world.record.addresses == std::vector<std::string>{"192.0.2.1"});
  CHECK(stage.status().role != "promoting");
}

void check_promoted(const Stage& stage) {
  CHECK(!stage.world.peer_powered);
  CHECK(stage.world.serves_here());
  CHECK(stage.world.record.addresses == std::vector<std::string>{"192.0.2.2"});
  CHECK(stage.world.record.mark->node == "b");
  CHECK(stage.status().role == "active");
  CHECK(stage.status().role_epoch == stage.world.record.mark->epoch);
  CHECK(!stage.world.logged("BOTH ON"));
}

bool failed_with(const PromotionReport& report, ErrorKind kind) {
  return report.failure.has_value() && report.failure->kind == kind;
}

}  // namespace

TEST_CASE("a promotion takes every step and ends with the effect read back") {
  Stage stage;
  const auto report = stage.go();
  CAPTURE(report.failure ? report.failure->message : "");
  REQUIRE(!report.failure);
  CHECK(report.warnings.empty());
  CHECK(report.serving == "b");
  CHECK(report.epoch == 4);
  CHECK(report.step == PromotionStep::done);
  CHECK(stage.world.logged("fence 4"));
  check_promoted(stage);
}

TEST_CASE("again: the second run has nothing to do and touches nothing") {
  Stage stage;
  REQUIRE(!stage.go().failure);
  stage.world.log.clear();
  const auto report = stage.go();
  REQUIRE(!report.failure);
  CHECK(report.message.find("nothing to do") != std::string::npos);
  CHECK(!stage.world.logged("fence 4"));
  CHECK(!stage.world.logged("replace"));
  CHECK(stage.go(true).message.find("nothing to resume") != std::string::npos);
  CHECK(stage.abort().message.find("nothing to abort") != std::string::npos);
}

TEST_CASE("a healthy active stops a failover before anything is touched") {
  Stage stage;
  stage.world.peer_runs = true;
  CHECK(failed_with(stage.go(), ErrorKind::refused));
  check_untouched(stage);
}

TEST_CASE("unknown-is-not-down: a probe that cannot be made stops a failover") {
  Stage stage;
  stage.world.peer_probe_unknown = true;
  CHECK(failed_with(stage.go(), ErrorKind::refused));
  check_untouched(stage);
}

TEST_CASE("isolation: references that are down stop a failover") {
  Stage stage;
  stage.world.references_up = false;
  CHECK(failed_with(stage.go(), ErrorKind::refused));
  check_untouched(stage);
}

TEST_CASE("a node that comes back under the claim stops it, and the claim is withdrawn") {
  Stage stage;
  const auto report = stage.go(false, [&stage](const PromotionPlan&, PromotionParts&) -> Result<void> {
    stage.world.peer_runs = true;
    return {};
  });
  CHECK(failed_with(report, ErrorKind::refused));
  CHECK(report.serving == "a");
  check_untouched(stage);
  CHECK(stage.status().last->outcome == "withdrawn");
}

TEST_CASE("fence-first: a fencer that fails ends the run unfinished, and nothing starts here") {
  Stage stage;
  stage.world.fence_fails = Error{ErrorKind::timeout, "no answer in time"};
  const auto report = stage.go();
  CHECK(failed_with(report, ErrorKind::unfinished));
  CHECK(report.serving == "unknown");
  CHECK(report.next.find("fo-promote resume") != std::string::npos);
  CHECK(!stage.world.serves_here());
  CHECK(stage.world.record.mark->epoch == 3);
}

TEST_CASE("fence-first: a node that is heard after its fencing is not confirmed off") {
  Stage stage;
  stage.world.fencer_lies = true;
  stage.world.on_fence = [&stage] { stage.world.peer_runs = true; };
  Context context;
  context.deadline = Deadline::after(std::chrono::milliseconds(700));
  const auto report = stage.go(false, {}, context);
  CHECK(failed_with(report, ErrorKind::unfinished));
  CHECK(!stage.world.serves_here());
  CHECK(stage.world.record.mark->epoch == 3);
}

TEST_CASE("a node that serves by the time that its turn has come is not fenced") {
  Stage stage;
  stage.world.third_node = true;
  stage.world.on_fence = [&stage] { stage.world.third_runs = true; };
  const auto report = stage.go();
  REQUIRE(report.failure);
  CHECK(report.failure->kind == ErrorKind::unfinished);
  CHECK(report.failure->message.contains("c is up now, so it is not fenced"));
  CHECK(std::ranges::count(stage.world.log, std::string("fence 4")) == 1);
  CHECK_FALSE(stage.world.serves_here());
}

TEST_CASE("epoch: a newer mark in DNS supersedes the run, which ends for good") {
  Stage stage;
  stage.world.before_replace = [](World& world) {
    world.record = ServiceRecord{{"192.0.2.3"}, std::chrono::seconds(60), EpochMark{9, "c", "2026-02-01T00:00:00Z"}};
  };
  const auto report = stage.go();
  CHECK(failed_with(report, ErrorKind::unfinished));
  CHECK(report.serving == "c");
  CHECK(stage.world.record.mark->epoch == 9);
  CHECK(stage.status().last->outcome == "superseded");
  CHECK(stage.status().role == "standby");
  CHECK(stage.go(true).message.find("nothing to resume") != std::string::npos);
}

TEST_CASE("any other address in DNS is left alone, and a person decides") {
  Stage stage;
  stage.world.before_replace = [](World& world) { world.record.addresses = {"192.0.2.99"}; };
  const auto report = stage.go();
  CHECK(failed_with(report, ErrorKind::unfinished));
  CHECK(stage.world.record.addresses == std::vector<std::string>{"192.0.2.99"});
  CHECK(report.serving == "b");
  // The person puts it right; resume does the rest.
  stage.world.record.addresses = {"192.0.2.1"};
  CHECK(!stage.go(true).failure);
  check_promoted(stage);
}

TEST_CASE("a start that fails ends unfinished with nobody serving; resume goes on when it is mended") {
  Stage stage;
  const auto good = stage.settings.start_hook;
  stage.settings.start_hook = stage.script("broken", "echo no licence >&2; exit 3");
  const auto report = stage.go();
  CHECK(failed_with(report, ErrorKind::unfinished));
  CHECK(report.step == PromotionStep::start);
  CHECK(report.serving == "none");
  CHECK(report.failure->message.find("no licence") != std::string::npos);
  CHECK(stage.status().role == "promoting");
  CHECK(failed_with(stage.abort(), ErrorKind::refused));
  stage.settings.start_hook = good;
  const auto resumed = stage.go(true);
  REQUIRE(!resumed.failure);
  CHECK(resumed.epoch == report.epoch);
  check_promoted(stage);
}

TEST_CASE("effect: a service that does not answer here keeps DNS where it is") {
  Stage stage;
  stage.settings.start_hook = stage.script("empty", "exit 0");
  stage.settings.hook_timeout = std::chrono::milliseconds(300);
  const auto report = stage.go();
  CHECK(failed_with(report, ErrorKind::unfinished));
  CHECK(report.step == PromotionStep::self_probe);
  CHECK(stage.world.record.mark->epoch == 3);
}

TEST_CASE("effect: a name server that lags leaves the run unfinished, and resume proves it later") {
  Stage stage;
  stage.world.verify_fails = Error{ErrorKind::timeout, "ns2 still gives the old address"};
  const auto report = stage.go();
  CHECK(failed_with(report, ErrorKind::unfinished));
  CHECK(report.serving == "b");
  stage.world.verify_fails.reset();
  CHECK(!stage.go(true).failure);
  check_promoted(stage);
}

TEST_CASE("a failing post-hook is a warning, not a failure") {
  Stage stage;
  stage.settings.post_hook = stage.script("post", "exit 1");
  const auto report = stage.go();
  CHECK(!report.failure);
  CHECK(report.warnings.size() == 1);
  check_promoted(stage);
}

TEST_CASE("a resume that finds the fenced node switched on again fences it again before it starts anything") {
  Stage stage;
  const auto good = stage.settings.start_hook;
  stage.settings.start_hook = stage.script("broken", "exit 1");
  REQUIRE(stage.go().failure);
  stage.world.peer_powered = true;
  stage.settings.start_hook = good;
  REQUIRE(!stage.go(true).failure);
  check_promoted(stage);
}

TEST_CASE("epoch: a host that was fenced by another promotion does not start") {
  Stage stage;
  stage.world.on_fence = [&stage] {
    const auto state = StateDir::at(stage.settings.state_dir);
    REQUIRE(write_role(state, {Role::fenced, 8, "b", std::chrono::system_clock::now()}));
  };
  const auto report = stage.go();
  CHECK(failed_with(report, ErrorKind::unfinished));
  CHECK(!stage.world.serves_here());
  CHECK(stage.status().role == "fenced");
  CHECK(stage.status().last->outcome == "superseded");
}

TEST_CASE("a stop request before the fence withdraws; after it the run is unfinished") {
  for (const bool before : {true, false}) {
    Stage stage;
    std::stop_source stop;
    Context context;
    context.stop = stop.get_token();
    stage.world.on_fence = [&] { stop.request_stop(); };
    const auto report = stage.go(
        false,
        [&](const PromotionPlan&, PromotionParts&) -> Result<void> {
          if (before) stop.request_stop();
          return {};
        },
        context);
    CHECK(failed_with(report, before ? ErrorKind::cancelled : ErrorKind::unfinished));
    CHECK(!stage.world.serves_here());
    if (before) check_untouched(stage);
  }
}

TEST_CASE("--until stops behind its step: withdrawn before the fence, unfinished after it") {
  for (const auto step : {PromotionStep::observe, PromotionStep::claim, PromotionStep::observe_again}) {
    Stage stage;
    stage.settings.until = step;
    CHECK(!stage.go().failure);
    check_untouched(stage);
  }
  for (const auto step : {PromotionStep::fence, PromotionStep::commit, PromotionStep::start, PromotionStep::dns}) {
    Stage stage;
    stage.settings.until = step;
    CHECK(failed_with(stage.go(), ErrorKind::unfinished));
    stage.settings.until.reset();
    CHECK(!stage.go(true).failure);
    check_promoted(stage);
  }
}

TEST_CASE("abort before the commit withdraws and lists what was switched off") {
  Stage stage;
  stage.settings.until = PromotionStep::fence;
  REQUIRE(stage.go().failure);
  const auto report = stage.abort();
  CHECK(!report.failure);
  REQUIRE(report.warnings.size() == 1);
  CHECK(report.warnings.front().find("switched off a") != std::string::npos);
  CHECK(stage.status().last->outcome == "withdrawn");
  CHECK(stage.status().role == "standby");
}

TEST_CASE("alone: a run that finds the host's lock taken changes nothing") {
  Stage stage;
  const auto lock = lock_this_host(stage.settings.state_dir);
  REQUIRE(lock);
  CHECK(failed_with(stage.go(), ErrorKind::locked));
  CHECK(failed_with(stage.go(true), ErrorKind::locked));
  CHECK(failed_with(stage.abort(), ErrorKind::locked));
  CHECK(stage.world.log.empty());
  CHECK(stage.status().running);
}
