#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "probe/standstill.hpp"
#include "probe/watch_action.hpp"
#include "probe/watch_core.hpp"

/// Drives the core of a watch through hours in no time: a clock of its own, and peers that answer as a test says.
namespace fake {

using namespace std::chrono_literals;
using failover::Duration;
using failover::Health;
using failover::Observation;
using failover::TargetState;

struct Memory final : failover::SeenUp {
  std::set<std::string, std::less<>> targets;
  [[nodiscard]] bool contains(std::string_view target) const override { return targets.contains(target); }
  failover::Result<void> add(std::span<const std::string> more) override {
    targets.insert(more.begin(), more.end());
    return {};
  }
};

/// How a peer answers a check.
struct Answer {
  failover::Result<Health> health = Health::up;
  Duration after = 10ms;
  bool silent = false;
};
inline Answer up() {
  return {};
}
inline Answer refused() {
  return {Health::down, 1ms, false};
}
inline Answer silent() {
  return {Health::down, 5s, true};
}
inline Answer could_not_ask() {
  return {failover::fail(failover::ErrorKind::unreachable, "no route"), 1ms, false};
}

inline failover::Target target(std::string_view text) {
  return failover::parse_target(text).value();
}

class World {
 public:
  explicit World(std::vector<std::string> targets) {
    for (const auto& text : targets) plan.targets.push_back(target(text));
  }

  failover::WatchPlan plan;
  Memory memory;
  /// What a target answers to a check that begins now; up unless said otherwise.
  std::map<std::string, std::function<Answer()>> peers;
  std::function<failover::Verdict()> references = [] { return failover::Verdict{Health::up, "fine"}; };
  Duration now{};  ///< since the beginning

  // What happened:
  std::vector<std::pair<Duration, std::string>> begun;
  std::vector<std::pair<Duration, Observation>> checks;
  std::map<std::string, TargetState> states;
  std::vector<std::string> notes;
  std::optional<Duration> ended_at;
  std::optional<failover::Result<failover::Verdict>> end;

  void start() { core.watch(plan, time()); }

  /// Goes on until the watch ends or so much time has passed.
  void run_for(Duration length) {
    carry_out();
    const auto until = now + length;
    while (!end) {
      auto next = core.next_wake();
      for (const auto& [when, event] : events_) next = std::min(next, start_ + when);
      if (next > start_ + until) break;
      now = std::max<Duration>(now, next - start_);
      fire();
    }
    if (!end) now = until;
  }

  /// Time passes in which nothing of this host runs.
  void stand_still(Duration length) { now += length; }
  /// The same, with the monotonic clock standing too.
  void suspend(Duration length) { suspended_ += length; }
  void connection_ends(std::size_t index) {
    core.connection_ended(index, time());
    carry_out();
  }

  [[nodiscard]] std::vector<Duration> begun_of(std::string_view text) const {
    std::vector<Duration> times;
    for (const auto& [when, which] : begun) {
      if (which == text) times.push_back(when);
    }
    return times;
  }
  [[nodiscard]] bool noted(std::string_view part) const {
    for (const auto& note : notes) {
      if (note.find(part) != std::string::npos) return true;
    }
    return false;
  }
  [[nodiscard]] failover::WatchTime time() const { return {start_ + now, suspended_}; }

  failover::WatchCore core{memory};

 private:
  void fire() {
    // As in the loop: what arrived comes before the timers.
    while (!events_.empty() && events_.begin()->first <= now) {
      const auto event = events_.begin()->second;
      events_.erase(events_.begin());
      event();
      carry_out();
    }
    if (core.next_wake() <= start_ + now) core.tick(time());
    carry_out();
  }

  void carry_out() {
    for (auto actions = core.take(); !actions.empty(); actions = core.take()) {
      for (auto& action : actions) {
        std::visit([this](auto& one) { on(one); }, action);
      }
    }
  }

  void on(const failover::BeginCheck& action) {
    const auto text = core.target(action.target).text;
    begun.emplace_back(now, text);
    const auto peer = peers.find(text);
    const auto answer = peer == peers.end() ? up() : peer->second();
    Observation observation{.target = core.target(action.target),
                            .health = answer.health,
                            .rtt = answer.after,
                            .detail = "said so",
                            .when = {},
                            .silent = answer.silent};
    if (!answer.health) observation.detail = answer.health.error().message;
    events_.emplace(now + answer.after,
                    [this, index = action.target, observation] { core.answered(index, observation, time()); });
  }
  void on(const failover::AskReferences& action) {
    events_.emplace(now + 1ms, [this, index = action.target] { core.vouched(index, references(), time()); });
  }
  void on(const failover::RememberUp& action) { static_cast<void>(memory.add(std::vector{action.target})); }
  void on(const failover::TellCheck& action) { checks.emplace_back(now, action.observation); }
  void on(const failover::TellState& action) { states[action.target.text] = action.to; }
  void on(const failover::TellOwnVerdict& action) { own_verdicts.push_back(action.verdict); }
  void on(const failover::TellVerdict& action) { verdicts.push_back(action.verdict); }
  void on(const failover::TellNote& action) { notes.push_back(action.sentence); }
  void on(const failover::EndWatch& action) {
    if (!end) ended_at = now;
    end = action.result;
  }

  failover::WatchCore::Time start_{std::chrono::hours(1000)};
  Duration suspended_ = 7s;
  std::multimap<Duration, std::function<void()>> events_;

 public:
  std::vector<failover::Verdict> verdicts;
  std::vector<failover::Verdict> own_verdicts;
};

}  // namespace fake
