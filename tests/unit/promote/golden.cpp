#include "unit/promote/golden.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/watch.hpp>

#include "core/clock.hpp"
#include "promote/observers.hpp"
#include "support/catch.hpp"

namespace failover::promote_test::golden {

namespace {

WallTime::duration wall(Duration length) {
  return std::chrono::duration_cast<WallTime::duration>(length);
}

std::vector<Observation> seen_as(const std::vector<Result<Health>>& health) {
  std::vector<Observation> list;
  list.reserve(health.size());
  for (const auto& each : health) list.push_back(seen(fmt::format("sip://r{}", list.size() + 1), each));
  return list;
}

}  // namespace

std::string summary(const PromotionPlan& plan) {
  constexpr std::array names{"go", "go-on", "nothing", "stop"};
  auto text = fmt::format("{} {}", names.at(static_cast<std::size_t>(plan.decision)), plan.epoch);
  if (plan.decision == PromotionDecision::go || plan.decision == PromotionDecision::go_on) {
    const bool again = plan.steps.front().step != plan.first;
    text += fmt::format(" {}{}..{}", again ? fmt::format("{}+", to_string(plan.steps.front().step)) : "",
                        to_string(plan.first), to_string(plan.steps.back().step));
  }
  for (const auto& each : plan.objections) text += fmt::format(" {}:{}", each.rule, to_string(each.kind));
  if (!plan.warnings.empty()) text += fmt::format(" w{}", plan.warnings.size());
  return text;
}

void check(const std::vector<Row>& rows) {
  std::set<std::string> names;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    auto wanted = settings();
    auto facts = good_facts();
    for (const auto& change : row.changes) change(wanted, facts);
    const auto text = summary(plan_promotion(wanted, std::move(facts)));
    CHECK(text == row.expected);
  }
}

Change until(P step) {
  return [step](S& s, F&) { s.until = step; };
}
Change min_uptime(Duration length) {
  return [length](S& s, F&) { s.min_uptime = length; };
}
Change backup_ages(Duration warn, Duration most) {
  return [warn, most](S& s, F&) {
    s.warn_backup_age = warn;
    s.max_backup_age = most;
  };
}

Change role(const char* name, std::uint64_t epoch, std::optional<Duration> since) {
  return [name, epoch, since](S&, F& f) {
    f.role = name;
    f.role_epoch = epoch;
    if (since) f.role_since = f.now - wall(*since);
  };
}
Change journal_epoch(std::uint64_t epoch) {
  return [epoch](S&, F& f) { f.journal_epoch = epoch; };
}
Change backup_age(Duration age) {
  return [age](S&, F& f) { (*f.backup)->time = f.now - wall(age); };
}
Change backup_is(Result<std::optional<BackupFacts>> backup) {
  return [backup = std::move(backup)](S&, F& f) { f.backup = backup; };
}
Change restoring(Result<bool> answer) {
  return [answer = std::move(answer)](S&, F& f) { f.restore_in_progress = answer; };
}
Change self_is(std::vector<Result<Health>> health) {
  return [health = std::move(health)](S&, F& f) { f.self_probes = seen_as(health); };
}
Change paused(Duration left) {
  return [left](S&, F& f) { f.pause = PromotionPause{f.now - hours(1), f.now + wall(left), "works"}; };
}
Change pause_unread(ErrorKind kind) {
  return [kind](S&, F& f) { f.pause = fail(kind, "cannot be read"); };
}
Change references(std::vector<Result<Health>> health) {
  return [health = std::move(health)](S&, F& f) { f.references = seen_as(health); };
}
Change independent(std::size_t count) {
  return [count](S&, F& f) { f.independent_references = count; };
}

Change open_at(P step, std::vector<P> left) {
  return [step, left = std::move(left)](S&, F& f) {
    f.earlier = earlier(step, left);
    f.journal_epoch = 4;
    f.role = "promoting";
    f.role_epoch = 3;
  };
}
Change ended(const char* outcome, std::optional<Duration> ago) {
  return [outcome, ago](S&, F& f) {
    f.earlier = earlier(P::post_hook, {});
    f.earlier->ended = true;
    f.earlier->outcome = outcome;
    if (ago) f.earlier->ended_at = f.now - wall(*ago);
    f.journal_epoch = 4;
  };
}
Change node_is(Result<Health> health, std::size_t which) {
  return [health = std::move(health), which](S&, F& f) { f.peers.at(which).verdict = {health, "as told"}; };
}
Change fencers(std::vector<FencerFacts> chain, std::size_t which) {
  return [chain = std::move(chain), which](S&, F& f) { f.peers.at(which).fencers = chain; };
}
Change never_up(Result<std::vector<std::string>> probes, std::size_t which) {
  return [probes = std::move(probes), which](S&, F& f) { f.peers.at(which).never_up = probes; };
}
FencerFacts power(const Result<FenceState>& status) {
  return {"pdu (power)", FenceKind::power, status};
}
FencerFacts service(const Result<FenceState>& status, bool gives_back) {
  return {"ssh (service)", FenceKind::service, status, gives_back};
}
FencerFacts person(const Result<FenceState>& status) {
  return {"operator (person)", FenceKind::person, status};
}

Change record_unread(ErrorKind kind) {
  return [kind](S&, F& f) { f.arbiter = fail(kind, "cannot be read"); };
}
Change record_epoch(std::uint64_t epoch) {
  return [epoch](S&, F& f) { f.arbiter->epoch = epoch; };
}
Change active_is(const char* node) {
  return [node](S&, F& f) { f.arbiter->active = node; };
}
Change promoting(const char* node, bool overrulable) {
  return [node, overrulable](S&, F& f) {
    f.arbiter->promoting = node;
    f.arbiter->overrulable = overrulable;
  };
}

Change others_see(Result<std::vector<NodeObservation>> seen) {
  return [seen = std::move(seen)](S& s, F& f) {
    f.observers.push_back({"a store", seen, judge_with_own_look(seen, f.peers, s)});
  };
}
NodeObservation sees(const char* node, Result<Health> health, std::optional<Duration> age) {
  NodeObservation one;
  one.node = node;
  one.health = std::move(health);
  one.age = age;
  return one;
}
NodeObservation serves(const char* node, std::optional<Duration> age) {
  auto one = sees(node, Health::up, age);
  one.role = WitnessRole::active;
  return one;
}

Change at(std::vector<std::string> addresses, std::size_t which) {
  return [addresses = std::move(addresses), which](S&, F& f) { f.views.at(which).current->addresses = addresses; };
}
Change marked(std::optional<EpochMark> mark, std::size_t which) {
  return [mark = std::move(mark), which](S&, F& f) { f.views.at(which).current->mark = mark; };
}
Change marked_ago(Duration ago) {
  return [ago](S&, F& f) { f.views.at(0).current->mark = EpochMark{3, "a", rfc3339(f.now - wall(ago))}; };
}
Change view_unread(ErrorKind kind, std::size_t which) {
  return [kind, which](S&, F& f) { f.views.at(which).current = fail(kind, "cannot be read"); };
}
Change no_access(ErrorKind kind, std::size_t which) {
  return [kind, which](S&, F& f) { f.views.at(which).access = fail(kind, "may not be written"); };
}
Change second_view(std::vector<std::string> addresses, std::optional<EpochMark> mark) {
  return [addresses = std::move(addresses), mark = std::move(mark)](S&, F& f) {
    f.views.push_back(view(addresses, mark));
  };
}
Change old_sets(std::vector<std::vector<std::string>> sets) {
  return [sets = std::move(sets)](S&, F& f) { f.views.at(0).from = sets; };
}
Change new_set(std::vector<std::string> set) {
  return [set = std::move(set)](S&, F& f) { f.views.at(0).to = set; };
}
Change hosts(std::vector<std::string> names, bool srv) {
  return [names = std::move(names), srv](S&, F& f) {
    auto& view = f.views.at(0);
    view.from = {{"a.example"}};
    view.to = {"b.example"};
    view.current->addresses.clear();
    for (const auto& name : names) {
      view.current->targets.push_back({name, srv ? std::optional(SrvNumbers{10, 60, 5060}) : std::nullopt});
    }
  };
}
EpochMark mark(std::uint64_t epoch, const char* node) {
  return {epoch, node, "2026-01-01T00:00:00Z"};
}

}  // namespace failover::promote_test::golden
