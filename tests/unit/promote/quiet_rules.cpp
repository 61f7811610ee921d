#include "promote/quiet_rules.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "core/clock.hpp"
#include "state/pause_file.hpp"
#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "unit/promote/fake_world.hpp"

using namespace failover;
using namespace failover::promote_test;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

using S = PromotionSettings;
using F = PromotionFacts;

struct Row {
  const char* name;
  std::function<void(S&, F&)> change;
  std::string expected;  ///< "rule:kind" of each objection, "w" and the count of warnings
};

std::string summary(const RuleFindings& findings) {
  std::string text;
  for (const auto& each : findings.objections) text += fmt::format("{}:{} ", each.rule, to_string(each.kind));
  if (!findings.warnings.empty()) text += fmt::format("w{} ", findings.warnings.size());
  if (!text.empty()) text.pop_back();
  return text;
}

void pause_for(F& f, Duration length) {
  f.pause = PromotionPause{f.now - minutes(1), f.now + std::chrono::duration_cast<WallTime::duration>(length), "works"};
}

void mark_ago(F& f, Duration ago) {
  f.views[0].current->mark = EpochMark{3, "a", rfc3339(f.now - std::chrono::duration_cast<WallTime::duration>(ago))};
}

void ended_ago(F& f, const char* outcome, Duration ago) {
  f.earlier = earlier(PromotionStep::post_hook, {});
  f.earlier->ended = true;
  f.earlier->outcome = outcome;
  f.earlier->ended_at = f.now - std::chrono::duration_cast<WallTime::duration>(ago);
}

void role_ago(F& f, const char* role, Duration ago) {
  f.role = role;
  f.role_since = f.now - std::chrono::duration_cast<WallTime::duration>(ago);
}

const std::vector<Row> rows{
    {"nothing was ever", [](S&, F&) {}, ""},
    {"paused", [](S&, F& f) { pause_for(f, hours(1)); }, "pause:refused"},
    {"paused, a person is there",
     [](S& s, F& f) {
       pause_for(f, hours(1));
       s.attended = true;
     },
     "w1"},
    {"the pause ends in a second", [](S&, F& f) { pause_for(f, seconds(1)); }, "pause:refused"},
    {"the pause ends now", [](S&, F& f) { pause_for(f, seconds(0)); }, ""},
    {"the pause is over", [](S&, F& f) { pause_for(f, -seconds(1)); }, ""},
    {"the pause is damaged", [](S&, F& f) { f.pause = fail(ErrorKind::integrity, "damaged"); }, "pause:integrity"},
    {"the pause is of a newer version", [](S&, F& f) { f.pause = fail(ErrorKind::unfinished, "newer"); },
     "pause:unfinished"},
    {"the pause is damaged, a person is there",
     [](S& s, F& f) {
       f.pause = fail(ErrorKind::integrity, "damaged");
       s.attended = true;
     },
     "w1"},
    {"a mark of just now", [](S&, F& f) { mark_ago(f, seconds(0)); }, "quiet-time:refused"},
    {"a mark within the quiet time", [](S&, F& f) { mark_ago(f, minutes(9)); }, "quiet-time:refused"},
    {"a mark within it, a person is there",
     [](S& s, F& f) {
       mark_ago(f, minutes(9));
       s.attended = true;
     },
     "w1"},
    {"a mark as old as the quiet time", [](S&, F& f) { mark_ago(f, minutes(10)); }, ""},
    {"the quiet time is longer",
     [](S& s, F& f) {
       mark_ago(f, minutes(10));
       s.min_uptime = hours(1);
     },
     "quiet-time:refused"},
    {"the quiet time is off",
     [](S& s, F& f) {
       mark_ago(f, seconds(1));
       s.min_uptime = Duration::zero();
     },
     ""},
    {"another host's clock is ahead a little", [](S&, F& f) { mark_ago(f, -minutes(3)); }, "quiet-time:refused"},
    {"another host's clock is far ahead", [](S&, F& f) { mark_ago(f, -hours(100)); }, "w1"},
    {"a mark whose time is no time", [](S&, F& f) { f.views[0].current->mark->time = "yesterday"; }, ""},
    {"the second view's mark is the newer",
     [](S&, F& f) { f.views.push_back(view({"192.0.2.1"}, EpochMark{3, "a", rfc3339(f.now - minutes(1))})); },
     "quiet-time:refused"},
    {"a view that cannot be read", [](S&, F& f) { f.views[0].current = fail(ErrorKind::timeout, "no answer"); }, ""},
    {"this host's own promotion", [](S&, F& f) { ended_ago(f, "done", minutes(5)); }, "quiet-time:refused"},
    {"this host's own promotion, longer ago", [](S&, F& f) { ended_ago(f, "done", minutes(11)); }, ""},
    {"one that was withdrawn is none", [](S&, F& f) { ended_ago(f, "withdrawn", minutes(1)); }, ""},
    {"one that was superseded is none", [](S&, F& f) { ended_ago(f, "superseded", minutes(1)); }, ""},
    {"active since a minute", [](S&, F& f) { role_ago(f, "active", minutes(1)); }, "quiet-time:refused"},
    {"fenced a minute ago: another was promoted", [](S&, F& f) { role_ago(f, "fenced", minutes(1)); },
     "quiet-time:refused"},
    {"standby since a minute", [](S&, F& f) { role_ago(f, "standby", minutes(1)); }, ""},
    {"promoting since a minute", [](S&, F& f) { role_ago(f, "promoting", minutes(1)); }, ""},
    {"the own claim in DNS, which is to be gone on with",
     [](S&, F& f) {
       f.earlier = earlier(PromotionStep::fence, {});
       f.views[0].current->mark = EpochMark{4, "b", rfc3339(f.now - minutes(1))};
     },
     ""},
    {"another host's claim of that number",
     [](S&, F& f) {
       f.earlier = earlier(PromotionStep::fence, {});
       f.views[0].current->mark = EpochMark{4, "c", rfc3339(f.now - minutes(1))};
     },
     "quiet-time:refused"},
    {"paused and within the quiet time",
     [](S&, F& f) {
       pause_for(f, hours(1));
       mark_ago(f, minutes(1));
     },
     "pause:refused quiet-time:refused"},
};

}  // namespace

TEST_CASE("pause and quiet time by table") {
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto wanted = settings();
    auto facts = good_facts();
    row.change(wanted, facts);
    CHECK(summary(apply_quiet_rules(wanted, facts)) == row.expected);
  }
}

TEST_CASE("a refusal by a pause tells its reason, until when, and the way out") {
  auto facts = good_facts();
  pause_for(facts, hours(2));
  const auto plan = plan_promotion(settings(), facts);
  CHECK(plan.decision == PromotionDecision::stop);
  const auto& reason = plan.objections.at(0).reason;
  for (const auto* part : {"works", "2026-11-23T02:00:00Z", "fo-promote pause --off"}) {
    CAPTURE(reason);
    CHECK(reason.find(part) != std::string::npos);
  }
}

TEST_CASE("behind the commit neither pause nor quiet time leave the service without a host") {
  auto facts = good_facts();
  facts.earlier = earlier(PromotionStep::start, {PromotionStep::commit, PromotionStep::pre_hook});
  facts.journal_epoch = 4;
  pause_for(facts, hours(2));
  role_ago(facts, "active", minutes(1));
  CHECK(plan_promotion(settings(), facts).decision == PromotionDecision::go_on);
}

TEST_CASE("an unattended run is refused in a pause and touches nothing; its end lets it go") {
  Stage stage;
  REQUIRE(pause_promotions(stage.settings.state_dir, hours(1), "the rack is moved"));
  const auto report = stage.go();
  REQUIRE(report.failure);
  CHECK(report.failure->kind == ErrorKind::refused);
  CHECK(report.failure->message.find("the rack is moved") != std::string::npos);
  CHECK(!stage.world.logged("fence 4"));
  CHECK(stage.status().pause);
  CHECK(end_pause(stage.settings.state_dir).value_or(false));
  CHECK(!stage.status().pause);
  CHECK(!stage.go().failure);
  CHECK(stage.status().last_promotion);
}

TEST_CASE("a pause that begins while a promotion is at work holds it back before the first fence command") {
  Stage stage;
  const auto paused_meanwhile = [&stage](const PromotionPlan&, PromotionParts&) -> Result<void> {
    FO_TRY(pause_promotions(stage.settings.state_dir, hours(1), "stop it"));
    return {};
  };
  const auto report = stage.go(false, paused_meanwhile);
  REQUIRE(report.failure);
  CHECK(report.failure->kind == ErrorKind::refused);
  CHECK(!stage.world.logged("fence 4"));
  CHECK(stage.status().last->outcome == "withdrawn");
  stage.settings.attended = true;
  CHECK(!stage.go().failure);
}

TEST_CASE("a promotion that has just ended here keeps the next unattended one back") {
  Stage stage;
  REQUIRE(!stage.go().failure);
  // Somebody has moved everything back by hand.
  std::filesystem::remove(stage.world.started);
  stage.world.peer_powered = true;
  stage.world.record.addresses = {"192.0.2.1"};
  const auto report = stage.go();
  REQUIRE(report.failure);
  CHECK(report.failure->kind == ErrorKind::refused);
  CHECK(report.failure->message.find("--min-uptime") != std::string::npos);
  stage.settings.min_uptime = Duration::zero();
  CHECK(!stage.go().failure);
}

TEST_CASE("what is no pause is not written down") {
  Stage stage;
  const auto& folder = stage.settings.state_dir;
  const auto refused = [](const Result<PromotionPause>& pause) {
    return !pause && pause.error().kind == ErrorKind::usage;
  };
  CHECK(refused(pause_promotions(folder, Duration::zero(), "x")));
  CHECK(refused(pause_promotions(folder, hours(24 * 32), "x")));
  CHECK(refused(pause_promotions(folder, hours(1), "")));
  CHECK(refused(pause_promotions(folder, hours(1), "  ")));
  CHECK(refused(pause_promotions(folder, hours(1), "two\nlines")));
  CHECK(refused(pause_promotions(folder, hours(1), std::string(201, 'x'))));
  CHECK(!stage.status().pause);
  CHECK(end_pause(folder) == false);
}

TEST_CASE("a damaged pause holds promotions back and can be ended; one of a newer version stays") {
  Stage stage;
  const auto file = stage.settings.state_dir / "promote" / "pause";
  const auto put = [&file](const char* text) { std::ofstream(file) << text; };
  put("{\"format\":1,\"since\":\"2026-11-23T00:00:00Z\"}");
  CHECK(stage.go().failure->kind == ErrorKind::integrity);
  CHECK(end_pause(stage.settings.state_dir) == true);
  put("{\"format\":2}");
  CHECK(stage.go().failure->kind == ErrorKind::unfinished);
  CHECK(end_pause(stage.settings.state_dir).error().kind == ErrorKind::unfinished);
  CHECK(pause_promotions(stage.settings.state_dir, hours(1), "x").error().kind == ErrorKind::unfinished);
  CHECK(std::filesystem::exists(file));
}
