#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "probe/host_group.hpp"
#include "probe/standstill.hpp"
#include "probe/suspicion.hpp"
#include "probe/tally.hpp"
#include "probe/watch_action.hpp"
#include "probe/watch_schedule.hpp"
#include "probe/watched_target.hpp"

namespace failover {

/// The decisions of a watch, without clock and network: it is told what happened and when, and says what to do. Whoever
/// drives it calls tick() by next_wake(), carries out what take() gives after every call, and reports back.
class WatchCore {
 public:
  using Time = Deadline::Clock::time_point;

  /// @param seen_up not owned
  explicit WatchCore(const SeenUp& seen_up) noexcept : seen_up_(seen_up) {}

  /// Watches this from now on. Targets that stay keep what is known of them; no check is under way any more.
  void watch(const WatchPlan& plan, const WatchTime& now);
  /// Begins what is due.
  void tick(const WatchTime& now);
  /// The check of a target has ended.
  void answered(std::size_t target, Observation observation, const WatchTime& now);
  /// What the references say, who were asked after its down.
  void vouched(std::size_t target, const Verdict& ours, const WatchTime& now);
  /// An idle connection to a target ended. That is no failure, but a reason to look at once.
  void connection_ended(std::size_t target, const WatchTime& now);

  /// When to call tick() next; the end of time when nothing is planned.
  [[nodiscard]] Time next_wake() const noexcept;
  /// What is to be done since the last call.
  [[nodiscard]] std::vector<WatchAction> take() noexcept;

  [[nodiscard]] const Target& target(std::size_t index) const { return watched_.at(index).target; }
  [[nodiscard]] std::size_t size() const noexcept { return watched_.size(); }

 private:
  void enter(const WatchTime& now);
  void leave() { standstill_.expect(next_wake()); }
  void stood_still(Duration how_long, Time now);
  void begin(std::size_t index, Time now);
  void count(std::size_t index, Observation observation, Time now);
  Observation counted(std::size_t index, Observation observation, Time now);
  void plan(std::size_t index, Time now);
  [[nodiscard]] Hold hold_of(std::size_t index, Time now) const;
  [[nodiscard]] std::optional<std::string> seen_up_elsewhere(const HostGroup& group) const;
  void reassess(std::size_t index, std::string_view reason, Time now);
  void set_state(WatchedTarget& one, TargetState state, std::string_view reason);
  void alarm(const WatchedTarget& one, Time now);
  void judge_all();
  [[nodiscard]] bool counts_as_weak(const Target& target) const noexcept {
    return !options_.policy.weak_counts && target.weak();
  }

  const SeenUp& seen_up_;
  WatchOptions options_;
  std::vector<WatchedTarget> watched_;
  HostGroups hosts_;
  WatchSchedule schedule_;
  Standstill standstill_;
  Tally tally_;
  std::size_t asking_ = 0;
  Time last_entry_;
  std::optional<Verdict> own_verdict_;
  std::optional<Verdict> verdict_;
  bool overruled_ = false;  // our down is not the observers'
  std::vector<WatchAction> actions_;
};

}  // namespace failover
