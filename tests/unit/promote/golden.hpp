#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/watch.hpp>

#include "unit/promote/facts.hpp"

/// The golden table of the decision: a night on which a promotion may go, some changes to it, and the plan in one line.
namespace failover::promote_test::golden {

using S = PromotionSettings;
using F = PromotionFacts;
using P = PromotionStep;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

using Change = std::function<void(S&, F&)>;

struct Row {
  const char* name;
  std::vector<Change> changes;  ///< in this order
  std::string expected;         ///< see summary()
};

/// Decision, epoch, the steps from the first to the last ("fence+" when the fences are confirmed again before them),
/// the rules that object with their kinds, the count of warnings.
std::string summary(const PromotionPlan& plan);

/// Every row, and that no two have one name.
void check(const std::vector<Row>& rows);

inline const Result<Health> up = Health::up;
inline const Result<Health> down = Health::down;
inline const Result<Health> unknown = fail(ErrorKind::unreachable, "no route");
inline const Result<FenceState> says_on = FenceState::on;
inline const Result<FenceState> says_off = FenceState::off;
inline const Result<FenceState> mute = fail(ErrorKind::timeout, "no answer");

// What the admin wants.
inline const Change attended = [](S& s, F&) { s.attended = true; };
inline const Change switchover = [](S& s, F&) { s.switchover = true; };
inline const Change allow_stale = [](S& s, F&) { s.allow_stale_backup = true; };
inline const Change assume_was_up = [](S& s, F&) { s.assume_was_up = true; };
inline const Change no_self_probe = [](S& s, F& f) {
  s.self_probes.clear();
  f.self_probes.clear();
};
Change until(P step);
Change min_uptime(Duration length);
Change backup_ages(Duration warn, Duration most);

// This host.
Change role(const char* name, std::uint64_t epoch, std::optional<Duration> since = std::nullopt);
Change journal_epoch(std::uint64_t epoch);
Change backup_age(Duration age);
Change backup_is(Result<std::optional<BackupFacts>> backup);
Change restoring(Result<bool> answer);
Change self_is(std::vector<Result<Health>> health);
/// Until so long from now; negative = over.
Change paused(Duration left);
Change pause_unread(ErrorKind kind);
Change references(std::vector<Result<Health>> health);
Change independent(std::size_t count);
inline const Change no_references = [](S& s, F& f) {
  s.references.clear();
  f.references.clear();
  f.independent_references = 0;
};

// Earlier promotions of this host, to epoch 4.
Change open_at(P step, std::vector<P> left);
Change ended(const char* outcome, std::optional<Duration> ago = std::nullopt);
inline const Change of_another_service = [](S&, F& f) { f.earlier->service = "other.example"; };
/// Behind the commit, with the pre-hook to come.
inline const Change committed = [](S& s, F& f) { open_at(P::commit, {P::commit})(s, f); };
// The other nodes; the first is "a", the old active.
inline const Change second_node = [](S&, F& f) { f.peers.push_back(dead_peer("c", "192.0.2.3")); };
inline const Change no_other_node = [](S&, F& f) { f.peers.clear(); };
Change node_is(Result<Health> health, std::size_t which = 0);
Change fencers(std::vector<FencerFacts> chain, std::size_t which = 0);
Change never_up(Result<std::vector<std::string>> probes, std::size_t which = 0);
FencerFacts power(const Result<FenceState>& status);
FencerFacts service(const Result<FenceState>& status, bool gives_back = true);
FencerFacts person(const Result<FenceState>& status);
/// "a" serves and can be told to stop and to start again.
inline const Change planned = [](S& s, F& f) {
  s.switchover = true;
  node_is(Health::up)(s, f);
  fencers({service(FenceState::on)})(s, f);
};

// The arbiter.
Change record_unread(ErrorKind kind);
Change record_epoch(std::uint64_t epoch);
Change active_is(const char* node);
Change promoting(const char* node, bool overrulable = false);
inline const Change not_unattended = [](S&, F& f) { f.unattended = fail(ErrorKind::refused, "no"); };

// What others see, with the verdict that follows from it and from this host's own look: last in a row.
Change others_see(Result<std::vector<NodeObservation>> seen);
NodeObservation sees(const char* node, Result<Health> health, std::optional<Duration> age = seconds(1));
NodeObservation serves(const char* node, std::optional<Duration> age = seconds(1));

// DNS; the first view holds 192.0.2.1 and the mark of epoch 3 of "a".
Change at(std::vector<std::string> addresses, std::size_t which = 0);
Change marked(std::optional<EpochMark> mark, std::size_t which = 0);
Change marked_ago(Duration ago);
Change view_unread(ErrorKind kind, std::size_t which = 0);
Change no_access(ErrorKind kind, std::size_t which = 0);
Change second_view(std::vector<std::string> addresses, std::optional<EpochMark> mark);
Change old_sets(std::vector<std::vector<std::string>> sets);
Change new_set(std::vector<std::string> set);
/// It is an alias (one host), or has SRV records (several), and moves from a.example to b.example.
Change hosts(std::vector<std::string> names, bool srv);
inline const Change mark_apart = [](S&, F& f) { f.views[0].mark_is_apart = true; };
inline const Change claim_is_mark = [](S&, F& f) { f.views[0].claim_is_mark = true; };
inline const Change no_view = [](S&, F& f) { f.views.clear(); };
EpochMark mark(std::uint64_t epoch, const char* node);

/// This host has promoted to epoch 4, and serves.
inline const Change active_here = [](S& s, F& f) {
  ended("done")(s, f);
  role("active", 4)(s, f);
  f.views = {view({"192.0.2.2"}, mark(4, "b"))};
  f.arbiter->active = "b";
  self_is({Health::up})(s, f);
};

}  // namespace failover::promote_test::golden
