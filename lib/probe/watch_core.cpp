#include "probe/watch_core.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "core/clock.hpp"
#include "probe/as_unknown.hpp"
#include "probe/host_group.hpp"
#include "probe/hysteresis.hpp"
#include "probe/standstill.hpp"
#include "probe/suspicion.hpp"
#include "probe/tally.hpp"
#include "probe/watch_action.hpp"
#include "probe/watch_schedule.hpp"
#include "probe/watched_target.hpp"

namespace failover {

namespace {

// While checks are under way it looks this often whether this host stands still.
constexpr Duration pulse = std::chrono::milliseconds(500);

bool same(const Verdict& a, const Verdict& b) {
  return state_of(a.health) == state_of(b.health) && a.reason == b.reason;
}

}  // namespace

void WatchCore::watch(const WatchPlan& plan, const WatchTime& now) {
  enter(now);
  options_ = plan.options;
  std::unordered_map<std::string, WatchedTarget*> known;
  for (auto& one : watched_) known.emplace(one.target.text, &one);
  WatchSchedule schedule;
  schedule.set(plan.targets.size(), options_.interval, options_.retry_interval, now.awake);
  std::vector<WatchedTarget> watched;
  watched.reserve(plan.targets.size());
  for (const auto& target : plan.targets) {
    const auto old = known.find(target.text);
    if (old == known.end() || old->second->asking) {
      schedule.plan_first(watched.size());
    } else {
      const auto index = static_cast<std::size_t>(old->second - watched_.data());
      schedule.plan_at(watched.size(), std::min(schedule_.due(index), now.awake + options_.interval));
    }
    if (old == known.end()) {
      watched.emplace_back(target, options_);
      continue;
    }
    watched.push_back(std::move(*old->second));
    auto& one = watched.back();
    one.hysteresis.set(options_.fall, options_.rise);
    one.asking = one.stale = false;
    one.pending.reset();
  }
  watched_ = std::move(watched);
  schedule_ = std::move(schedule);
  asking_ = 0;
  std::vector<const Target*> targets;
  tally_ = {};
  for (const auto& one : watched_) {
    targets.push_back(&one.target);
    tally_.add(counts_as_weak(one.target), one.state);
  }
  hosts_ = group_by_host(targets);
  // Other targets or another policy may make another verdict of what is known; but before anything is known there is
  // nothing to tell.
  if (verdict_) judge_all();
  leave();
}

void WatchCore::tick(const WatchTime& now) {
  enter(now);
  for (std::size_t index = 0; schedule_.take_due(now.awake, index);) begin(index, now.awake);
  if (overruled_) judge_all();
  leave();
}

void WatchCore::begin(std::size_t index, Time now) {
  auto& one = watched_.at(index);
  one.asking = true;
  one.began = now;
  one.was_hastened = std::exchange(one.hastened, false);
  ++asking_;
  actions_.emplace_back(BeginCheck{index});
}

void WatchCore::answered(std::size_t target, Observation observation, const WatchTime& now) {
  enter(now);
  auto& one = watched_.at(target);
  if (!observation.health && observation.health.error().kind == ErrorKind::refused) {
    // We would watch ourselves: no later look can mend that.
    actions_.emplace_back(EndWatch{std::unexpected(observation.health.error().while_doing(one.target.text))});
  } else if (one.stale) {
    count(target, as_unknown(std::move(observation), "but this host stood still meanwhile"), now.awake);
  } else if (observation.health != Health::down) {
    if (observation.health == Health::up) {
      one.seen_up = true;
      // Every time until it is remembered: the memory may be locked or out of order for a while.
      if (!seen_up_.contains(one.target.text)) actions_.emplace_back(RememberUp{one.target.text});
    }
    count(target, std::move(observation), now.awake);
  } else if (!options_.assume_was_up && !one.seen_up && !seen_up_.contains(one.target.text)) {
    // Property isolation.
    count(target, as_unknown(std::move(observation), "was never seen up, so this may be a typing error"), now.awake);
  } else {
    one.pending = std::move(observation);
    actions_.emplace_back(AskReferences{target});
  }
  leave();
}

void WatchCore::vouched(std::size_t target, const Verdict& ours, const WatchTime& now) {
  enter(now);
  auto failed = std::exchange(watched_.at(target).pending, std::nullopt);
  if (failed && watched_.at(target).stale) {
    count(target, as_unknown(std::move(*failed), "but this host stood still meanwhile"), now.awake);
  } else if (failed && ours.health == Health::up) {
    count(target, std::move(*failed), now.awake);
  } else if (failed) {
    const auto reason = fmt::format("but of our references {}: this host may be cut off", ours.reason);
    count(target, as_unknown(std::move(*failed), reason), now.awake);
  }
  leave();
}

void WatchCore::connection_ended(std::size_t target, const WatchTime& now) {
  enter(now);
  auto& one = watched_.at(target);
  // A server that closes idle connections must not make us knock more than twice as often.
  if (!one.asking && !one.was_hastened && !one.hastened) {
    schedule_.hasten(target, std::max(now.awake, one.began + shortest_interval));
    one.hastened = true;
  }
  leave();
}

WatchCore::Time WatchCore::next_wake() const noexcept {
  // The observers may come to another opinion between two checks of ours.
  const bool often = asking_ > 0 || overruled_;
  return often ? std::min(schedule_.next_due(), last_entry_ + pulse) : schedule_.next_due();
}

std::vector<WatchAction> WatchCore::take() noexcept {
  return std::exchange(actions_, {});
}

void WatchCore::enter(const WatchTime& now) {
  if (const auto how_long = standstill_.notice(now)) stood_still(*how_long, now.awake);
  last_entry_ = now.awake;
}

void WatchCore::stood_still(Duration how_long, Time now) {
  actions_.emplace_back(
      TellNote{Level::warning, fmt::format("this host stood still for {} (suspended, stopped or overloaded): what was "
                                           "found before says nothing about now, every count begins anew",
                                           human_duration(how_long))});
  schedule_.set(watched_.size(), options_.interval, options_.retry_interval, now);
  const Result<Health> nothing = fail(ErrorKind::timeout, "this host stood still");
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    auto& one = watched_[i];
    one.hysteresis.add(nothing);
    one.silent_since.reset();
    one.last = {};
    one.hold = Hold::none;
    set_state(one, TargetState::unknown, "this host stood still");
    one.stale = one.asking;
    if (!one.asking) schedule_.plan_first(i);
  }
  judge_all();
}

void WatchCore::count(std::size_t index, Observation observation, Time now) {
  auto& one = watched_.at(index);
  one.asking = one.stale = false;
  --asking_;
  // After a silence that was not believed an answer begins every count anew: its downs make no down any more.
  if (observation.health == Health::up && one.state != TargetState::down &&
      one.hysteresis.state() == TargetState::down) {
    one.hysteresis = Hysteresis(options_.fall, options_.rise);
  }
  one.hysteresis.add(observation.health);
  one.last = {state_of(observation.health), observation.silent, one.began};
  if (observation.health != Health::down || !observation.silent) {
    one.silent_since.reset();
  } else if (!one.silent_since) {
    one.silent_since = one.began;
  }
  auto told = counted(index, std::move(observation), now);
  const auto detail = told.detail;
  actions_.emplace_back(TellCheck{std::move(told)});
  reassess(index, detail, now);
  // What this one says may also decide how the silence of its host's SIP is to be read.
  for (const auto sip : hosts_.groups.at(hosts_.group_of.at(index)).sip) {
    if (sip != index && watched_.at(sip).hysteresis.state() == TargetState::down) {
      reassess(sip, fmt::format("silent; {} {}", one.target.text, detail), now);
    }
  }
  plan(index, now);
  judge_all();
}

/// The result as it counts: the silence of SIP alone that is not believed is unknown.
Observation WatchCore::counted(std::size_t index, Observation observation, Time now) {
  switch (hold_of(index, now)) {
    case Hold::none:
      return observation;
    case Hold::suspected:
      return as_unknown(std::move(observation),
                        "but its other services answer: either SIP hangs, or this host is on the PBX's block list");
    case Hold::blocked:
      return as_unknown(std::move(observation), "but an observer elsewhere sees it up: the PBX blocks this host");
  }
  return observation;
}

void WatchCore::plan(std::size_t index, Time now) {
  const auto& one = watched_.at(index);
  schedule_.plan_next(index, one.began, one.hysteresis.changing(), now);
  if (one.hold != Hold::suspected || !one.silent_since) return;
  // So that the check that ends the suspicion ends with it.
  const auto last = *one.silent_since + options_.suspect_for - options_.probe.timeout;
  schedule_.hasten(index, std::max({last, one.began + options_.retry_interval, now}));
}

Hold WatchCore::hold_of(std::size_t index, Time now) const {
  const auto& one = watched_.at(index);
  if (!speaks_sip(one.target) || !one.silent_since || one.hysteresis.state() != TargetState::down) return Hold::none;
  const auto& group = hosts_.groups.at(hosts_.group_of.at(index));
  std::vector<LastAnswer> sip;
  std::vector<LastAnswer> services;
  sip.reserve(group.sip.size());
  services.reserve(group.others.size());
  for (const auto other : group.sip) {
    if (other != index) sip.push_back(watched_.at(other).last);
  }
  for (const auto other : group.others) services.push_back(watched_.at(other).last);
  SilenceFacts facts;
  facts.alone = silence_of_sip_alone(*one.silent_since, sip, services);
  facts.seen_up_elsewhere = facts.alone && seen_up_elsewhere(group).has_value();
  facts.already_down = one.state == TargetState::down;
  facts.lasting = now - *one.silent_since;
  return judge_silence(facts, options_.suspect_for);
}

std::optional<std::string> WatchCore::seen_up_elsewhere(const HostGroup& group) const {
  if (options_.others == nullptr) return std::nullopt;
  for (const auto sip : group.sip) {
    if (auto who = options_.others->who_sees_up(watched_.at(sip).target)) return who;
  }
  return std::nullopt;
}

void WatchCore::reassess(std::size_t index, std::string_view reason, Time now) {
  auto& one = watched_.at(index);
  const auto before = std::exchange(one.hold, hold_of(index, now));
  if (one.hold != before && one.hold != Hold::none) alarm(one, now);
  set_state(one, one.hold == Hold::none ? one.hysteresis.state() : TargetState::unknown, reason);
}

void WatchCore::alarm(const WatchedTarget& one, Time now) {
  const auto& group = hosts_.groups.at(hosts_.group_of.at(static_cast<std::size_t>(&one - watched_.data())));
  if (one.hold == Hold::blocked) {
    actions_.emplace_back(TellNote{
        Level::alarm,
        fmt::format("{} does not answer this host, but the observer {} sees it up: the PBX blocks this host; take its "
                    "address off the PBX's block list. Until then its state is unknown here",
                    one.target.text, seen_up_elsewhere(group).value_or("elsewhere"))});
    return;
  }
  const auto silent_for = now - one.silent_since.value_or(now);
  actions_.emplace_back(TellNote{
      Level::alarm,
      fmt::format(
          "{} is silent while other services of its host answer: either SIP hangs, or this host is on the PBX's "
          "block list; look there for this host's address. Still silent in {} it counts as down",
          one.target.text, human_duration(options_.suspect_for - silent_for))});
}

void WatchCore::set_state(WatchedTarget& one, TargetState state, std::string_view reason) {
  if (one.state == state) return;
  const bool weak = counts_as_weak(one.target);
  tally_.remove(weak, one.state);
  tally_.add(weak, state);
  actions_.emplace_back(TellState{one.target, one.state, state, std::string(reason)});
  one.state = state;
}

void WatchCore::judge_all() {
  auto own = judge(tally_, options_.policy);
  if (!own_verdict_ || !same(*own_verdict_, own)) {
    own_verdict_ = own;
    actions_.emplace_back(TellOwnVerdict{own});
  }
  auto verdict = own;
  if (own.health == Health::down && options_.others != nullptr) {
    if (const auto together = options_.others->together()) verdict = with_second_opinion(std::move(own), *together);
  }
  overruled_ = own_verdict_->health == Health::down && verdict.health != Health::down;
  if (!verdict_ || !same(*verdict_, verdict)) {
    verdict_ = verdict;
    actions_.emplace_back(TellVerdict{verdict});
  }
  if (options_.until && verdict.health == *options_.until) actions_.emplace_back(EndWatch{std::move(verdict)});
}

}  // namespace failover
