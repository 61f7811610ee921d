#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "promote/state_table.hpp"
#include "support/catch.hpp"
#include "unit/promote/facts.hpp"

using namespace failover;
using namespace failover::promote_test;
using std::chrono::hours;

namespace {

/// A plan in one line: decision, epoch, first step, the rules that object with their kinds, the count of warnings.
std::string summary(const PromotionPlan& plan) {
  constexpr std::array names{"go", "go-on", "nothing", "stop"};
  auto text = fmt::format("{} {}", names.at(static_cast<std::size_t>(plan.decision)), plan.epoch);
  if (plan.decision == PromotionDecision::go || plan.decision == PromotionDecision::go_on) {
    text += fmt::format(" {}..{}", to_string(plan.first), to_string(plan.steps.back().step));
  }
  for (const auto& each : plan.objections) text += fmt::format(" {}:{}", each.rule, to_string(each.kind));
  if (!plan.warnings.empty()) text += fmt::format(" w{}", plan.warnings.size());
  return text;
}

struct Row {
  const char* name;
  std::function<void(PromotionSettings&, PromotionFacts&)> change;
  std::string expected;
};

using S = PromotionSettings;
using F = PromotionFacts;
using P = PromotionStep;

const Result<Health> unknown = fail(ErrorKind::unreachable, "no route");
const Result<FenceState> mute = fail(ErrorKind::timeout, "no answer");

EarlierPromotion ended(const char* outcome) {
  auto last = earlier(P::post_hook, {});
  last.ended = true;
  last.outcome = outcome;
  return last;
}

void active_here(F& f) {
  f.role = "active";
  f.role_epoch = 4;
  f.journal_epoch = 4;
  f.earlier = ended("done");
  f.views = {view({"192.0.2.2"}, EpochMark{4, "b", ""})};
  f.self_probes = {seen("sip://self", Health::up)};
}

void open_at(F& f, P step, std::vector<P> left) {
  f.earlier = earlier(step, std::move(left));
  f.journal_epoch = 4;
  f.role = "promoting";
}

const std::vector<Row> before_anything{
    {"all is well", [](S&, F&) {}, "go 4 check..done"},
    {"attended, all is well", [](S& s, F&) { s.attended = true; }, "go 4 check..done"},
    {"no epoch in DNS", [](S&, F& f) { f.views[0].current->mark.reset(); }, "go 1 check..done"},
    {"the journal knows a larger epoch", [](S&, F& f) { f.journal_epoch = 9; }, "go 10 check..done"},
    {"the role file knows a larger epoch", [](S&, F& f) { f.role_epoch = 7; }, "go 8 check..done"},
    {"the arbiter knows a larger epoch", [](S&, F& f) { f.arbiter->epoch = 11; }, "go 12 check..done"},
    {"a second view knows a larger epoch",
     [](S&, F& f) { f.views.push_back(view({"192.0.2.1"}, EpochMark{20, "a", ""})); }, "go 21 check..done"},
    {"epochs are used up",
     [](S&, F& f) { f.views[0].current->mark->epoch = std::numeric_limits<std::uint64_t>::max(); },
     "stop 18446744073709551615 epoch:refused superseded:refused"},
    {"until fence", [](S& s, F&) { s.until = P::fence; }, "go 4 check..fence"},
    {"until observe", [](S& s, F&) { s.until = P::observe; }, "go 4 check..observe"},
    {"role unset", [](S&, F& f) { f.role = "unset"; }, "go 4 check..done"},
    {"this host was fenced once; a person promotes it",
     [](S&, F& f) {
       f.role = "fenced";
       f.role_epoch = 3;
     },
     "go 4 check..done"},
    {"no self-probe",
     [](S& s, F& f) {
       s.self_probes.clear();
       f.self_probes.clear();
     },
     "go 4 check..done w1"},
};

const std::vector<Row> backup{
    {"warn age", [](S&, F& f) { (*f.backup)->time = f.now - hours(30); }, "go 4 check..done w1"},
    {"exactly the warn age", [](S&, F& f) { (*f.backup)->time = f.now - hours(26); }, "go 4 check..done"},
    {"max age", [](S&, F& f) { (*f.backup)->time = f.now - hours(24 * 8); }, "stop 4 backup:refused"},
    {"max age, allowed",
     [](S& s, F& f) {
       (*f.backup)->time = f.now - hours(24 * 8);
       s.allow_stale_backup = true;
     },
     "go 4 check..done w1"},
    {"nothing restored", [](S&, F& f) { f.backup = std::nullopt; }, "stop 4 backup:refused"},
    {"nothing restored, allowed",
     [](S& s, F& f) {
       f.backup = std::nullopt;
       s.allow_stale_backup = true;
     },
     "go 4 check..done w1"},
    {"generation unreadable", [](S&, F& f) { f.backup = fail(ErrorKind::integrity, "damaged"); },
     "stop 4 backup:integrity"},
    {"generation unreadable is not 'none'",
     [](S& s, F& f) {
       f.backup = fail(ErrorKind::integrity, "damaged");
       s.allow_stale_backup = true;
     },
     "stop 4 backup:integrity"},
    {"half a restore", [](S&, F& f) { f.restore_in_progress = true; }, "stop 4 restore:refused"},
    {"half a restore is no matter of age",
     [](S& s, F& f) {
       f.restore_in_progress = true;
       s.allow_stale_backup = true;
     },
     "stop 4 restore:refused"},
    {"restore marker unreadable", [](S&, F& f) { f.restore_in_progress = fail(ErrorKind::io, "EIO"); },
     "stop 4 restore:io"},
};

const std::vector<Row> is_it_us{
    {"isolation: references down",
     [](S&, F& f) { f.references = {seen("r1", Health::down), seen("r2", Health::down)}; }, "stop 4 isolation:refused"},
    {"isolation: references unknown", [](S&, F& f) { f.references = {seen("r1", unknown), seen("r2", unknown)}; },
     "stop 4 isolation:refused"},
    {"isolation: attended changes nothing",
     [](S& s, F& f) {
       s.attended = true;
       f.references = {seen("r1", Health::down), seen("r2", Health::down)};
     },
     "stop 4 isolation:refused"},
    {"one of two references up", [](S&, F& f) { f.references = {seen("r1", Health::down), seen("r2", Health::up)}; },
     "go 4 check..done"},
    {"isolation: unattended with one reference", [](S&, F& f) { f.independent_references = 1; },
     "stop 4 isolation:refused"},
    {"attended with one reference",
     [](S& s, F& f) {
       s.attended = true;
       f.independent_references = 1;
     },
     "go 4 check..done"},
    {"isolation: unattended without references",
     [](S& s, F& f) {
       s.references.clear();
       f.references.clear();
       f.independent_references = 0;
     },
     "stop 4 isolation:refused"},
    {"attended without references",
     [](S& s, F& f) {
       s.attended = true;
       s.references.clear();
       f.references.clear();
       f.independent_references = 0;
     },
     "go 4 check..done w1"},
    {"one-winner: unattended, and the arbiter does not allow it",
     [](S&, F& f) { f.unattended = fail(ErrorKind::refused, "no"); }, "stop 4 one-winner:refused"},
    {"one-winner: attended, and the arbiter does not allow unattended",
     [](S& s, F& f) {
       s.attended = true;
       f.unattended = fail(ErrorKind::refused, "no");
     },
     "go 4 check..done"},
    {"one-winner: the arbiter cannot be read", [](S&, F& f) { f.arbiter = fail(ErrorKind::timeout, "no answer"); },
     "stop 4 one-winner:timeout"},
};

const std::vector<Row> other_nodes{
    {"the old active is healthy", [](S&, F& f) { f.peers[0].verdict = {Health::up, "200 OK"}; },
     "stop 4 healthy:refused"},
    {"healthy, and a person sits there",
     [](S& s, F& f) {
       s.attended = true;
       f.peers[0].verdict = {Health::up, "200 OK"};
     },
     "stop 4 healthy:refused"},
    {"unknown-is-not-down", [](S&, F& f) { f.peers[0].verdict = {unknown, "unknown"}; },
     "stop 4 unknown-is-not-down:refused"},
    {"unknown-is-not-down, attended",
     [](S& s, F& f) {
       s.attended = true;
       f.peers[0].verdict = {unknown, "unknown"};
     },
     "stop 4 unknown-is-not-down:refused"},
    {"no other node", [](S&, F& f) { f.peers.clear(); }, "stop 4 nodes:config"},
    {"the probe asks this very host",
     [](S&, F& f) { f.peers[0].observations = {seen("sip://pbx", fail(ErrorKind::refused, "own address"))}; },
     "stop 4 own-address:config"},
    {"two nodes, the second is healthy",
     [](S&, F& f) {
       f.peers.push_back(dead_peer("c", "192.0.2.3"));
       f.peers[1].verdict = {Health::up, "up"};
     },
     "stop 4 healthy:refused"},
    {"two nodes, both dead", [](S&, F& f) { f.peers.push_back(dead_peer("c", "192.0.2.3")); }, "go 4 check..done"},
    {"fence-first: no fencer", [](S&, F& f) { f.peers[0].fencers.clear(); }, "stop 4 fence-first:refused"},
    {"fence-first: no fencer, attended",
     [](S& s, F& f) {
       s.attended = true;
       f.peers[0].fencers.clear();
     },
     "stop 4 fence-first:refused"},
    {"fence-first: the second node has no fencer",
     [](S&, F& f) {
       f.peers.push_back(dead_peer("c", "192.0.2.3"));
       f.peers[1].fencers.clear();
     },
     "stop 4 fence-first:refused"},
    {"fence-first: the only fencer does not answer", [](S&, F& f) { f.peers[0].fencers[0].status = mute; },
     "stop 4 fence-first:refused"},
    {"one of two fencers does not answer",
     [](S&, F& f) { f.peers[0].fencers.push_back({"second", FenceKind::service, mute}); }, "go 4 check..done w1"},
    {"the fence device already says off", [](S&, F& f) { f.peers[0].fencers[0].status = FenceState::off; },
     "go 4 check..done"},
    {"operator fencer without a word, unattended",
     [](S&, F& f) { f.peers[0].fencers = {{"word", FenceKind::person, mute}}; }, "stop 4 fence-first:refused"},
    {"operator fencer without a word, attended: it will be asked",
     [](S& s, F& f) {
       s.attended = true;
       f.peers[0].fencers = {{"word", FenceKind::person, mute}};
     },
     "go 4 check..done"},
    {"operator fencer with a word",
     [](S&, F& f) { f.peers[0].fencers = {{"word", FenceKind::person, FenceState::off}}; }, "go 4 check..done"},
};

const std::vector<Row> name_service{
    {"no view", [](S&, F& f) { f.views.clear(); }, "stop 1 dns:config"},
    {"dead name server", [](S&, F& f) { f.views[0].current = fail(ErrorKind::timeout, "no answer"); },
     "stop 1 dns:timeout"},
    {"wrong key", [](S&, F& f) { f.views[0].access = fail(ErrorKind::permission, "BADSIG"); }, "stop 4 dns:permission"},
    {"DNS points at a stranger", [](S&, F& f) { f.views[0].current->addresses = {"192.0.2.99"}; },
     "stop 4 dns:refused"},
    {"DNS points at both", [](S&, F& f) { f.views[0].current->addresses = {"192.0.2.1", "192.0.2.2"}; },
     "stop 4 dns:refused"},
    {"DNS is empty", [](S&, F& f) { f.views[0].current->addresses.clear(); }, "stop 4 dns:refused"},
    {"DNS points here already", [](S&, F& f) { f.views[0].current->addresses = {"192.0.2.2"}; }, "go 4 check..done"},
    {"no new address", [](S&, F& f) { f.views[0].to.clear(); }, "stop 4 dns:config"},
    {"the second view is dead",
     [](S&, F& f) {
       f.views.push_back(view({}, {}));
       f.views[1].current = fail(ErrorKind::unreachable, "refused");
     },
     "stop 4 dns:unreachable"},
};

const std::vector<Row> again{
    {"done already", [](S&, F& f) { active_here(f); }, "nothing 4"},
    {"done, but the service is down",
     [](S&, F& f) {
       active_here(f);
       f.self_probes = {seen("self", Health::down)};
     },
     "stop 4 again:refused"},
    {"done, but another has promoted since",
     [](S&, F& f) {
       active_here(f);
       f.views = {view({"192.0.2.1"}, EpochMark{5, "a", ""})};
     },
     "go 6 check..done"},
    {"done once, of another service",
     [](S&, F& f) {
       active_here(f);
       f.earlier->service = "other.example";
     },
     "go 5 check..done"},
    {"the last one was withdrawn",
     [](S&, F& f) {
       f.earlier = ended("withdrawn");
       f.journal_epoch = 4;
     },
     "go 5 check..done"},
    {"the last one was superseded",
     [](S&, F& f) {
       f.earlier = ended("superseded");
       f.journal_epoch = 4;
     },
     "go 5 check..done"},
    {"unfinished, of another service",
     [](S&, F& f) {
       open_at(f, P::fence, {});
       f.earlier->service = "other.example";
     },
     "stop 5 again:refused"},
    {"stopped at claim: anew", [](S&, F& f) { open_at(f, P::claim, {}); }, "go 5 check..done"},
    {"stopped while fencing: anew, with a new epoch", [](S&, F& f) { open_at(f, P::fence, {}); }, "go 5 check..done"},
    {"stopped in commit: anew", [](S&, F& f) { open_at(f, P::commit, {P::fence}); }, "go 5 check..done"},
    {"committed: on with the pre-hook", [](S&, F& f) { open_at(f, P::commit, {P::commit}); }, "go-on 4 pre-hook..done"},
    {"stopped in start", [](S&, F& f) { open_at(f, P::start, {P::commit, P::pre_hook}); }, "go-on 4 start..done"},
    {"stopped in dns", [](S&, F& f) { open_at(f, P::dns, {P::commit, P::pre_hook, P::start, P::self_probe}); },
     "go-on 4 dns..done"},
    {"stopped behind the post-hook",
     [](S&, F& f) {
       open_at(f, P::post_hook, {P::commit, P::pre_hook, P::start, P::self_probe, P::dns, P::post_hook});
       f.views = {view({"192.0.2.2"}, EpochMark{4, "b", ""})};
     },
     "go-on 4 post-hook..done"},
    {"going on, and the old active answers again",
     [](S&, F& f) {
       open_at(f, P::start, {P::commit});
       f.peers[0].verdict = {Health::up, "up"};
     },
     "stop 4 healthy:refused"},
    {"going on, the backup was accepted before",
     [](S&, F& f) {
       open_at(f, P::start, {P::commit});
       f.backup = std::nullopt;
     },
     "go-on 4 pre-hook..done"},
    {"epoch: going on, DNS has a newer mark",
     [](S&, F& f) {
       open_at(f, P::start, {P::commit});
       f.views = {view({"192.0.2.1"}, EpochMark{5, "a", ""})};
     },
     "stop 4 superseded:refused"},
    {"epoch: going on, a rival wrote our number",
     [](S&, F& f) {
       open_at(f, P::start, {P::commit});
       f.views = {view({"192.0.2.3"}, EpochMark{4, "c", ""})};
     },
     "stop 4 superseded:refused"},
    {"epoch: going on, this host was fenced since",
     [](S&, F& f) {
       open_at(f, P::start, {P::commit});
       f.role = "fenced";
       f.role_epoch = 4;
     },
     "stop 4 superseded:refused"},
    {"epoch: going on, the arbiter names another",
     [](S&, F& f) {
       open_at(f, P::start, {P::commit});
       f.arbiter->active = "c";
     },
     "stop 4 superseded:refused"},
    {"going on, DNS points at a stranger",
     [](S&, F& f) {
       open_at(f, P::dns, {P::commit});
       f.views[0].current->addresses = {"192.0.2.99"};
     },
     "stop 4 dns:refused"},
    {"isolation: going on, cut off",
     [](S&, F& f) {
       open_at(f, P::dns, {P::commit});
       f.references = {seen("r", Health::down)};
     },
     "stop 4 isolation:refused"},
};

void check(const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto wanted = settings();
    auto facts = good_facts();
    row.change(wanted, facts);
    auto text = summary(plan_promotion(wanted, std::move(facts)));
    CHECK(text == row.expected);
  }
}

}  // namespace

TEST_CASE("golden table: a promotion before anything has happened") {
  check(before_anything);
}
TEST_CASE("golden table: the restored backup") {
  check(backup);
}
TEST_CASE("golden table: isolation and one-winner") {
  check(is_it_us);
}
TEST_CASE("golden table: unknown-is-not-down and fence-first") {
  check(other_nodes);
}
TEST_CASE("golden table: DNS") {
  check(name_service);
}
TEST_CASE("golden table: again and epoch") {
  check(again);
}
