#pragma once

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include <failover/context.hpp>

namespace failover {

/// Shorter than this no two checks of a target follow one another: a PBX blocks whoever floods it.
inline constexpr Duration shortest_interval = std::chrono::milliseconds(100);
/// Only a few checks follow one another so closely: those that a state needs to change.
inline constexpr Duration shortest_retry_interval = std::chrono::milliseconds(50);

/// When each target of a watch is checked next. Pure: it is told the time.
///
/// The targets are spread over the interval: each has its own moment in it, and comes back to it after it was checked
/// at the retry interval for some time. Two checks of a target are never further apart than the interval. The first
/// round begins them 100 ms apart, or closer if the interval would not suffice: a watch of a few targets knows within a
/// moment how they are, one of thousands begins as evenly as it goes on.
class WatchSchedule {
 public:
  using Time = Deadline::Clock::time_point;

  /// @param interval,retry_interval at least shortest_interval and shortest_retry_interval
  void set(std::size_t targets, Duration interval, Duration retry_interval, Time now);
  /// Plans the check of a target for its turn in a first round that began with set().
  void plan_first(std::size_t target);
  void plan_at(std::size_t target, Time when);
  /// After a check that began at `began`.
  void plan_next(std::size_t target, Time began, bool soon, Time now);
  /// Not later than that.
  void hasten(std::size_t target, Time when);
  /// The next target that is due, and no longer planned.
  [[nodiscard]] bool take_due(Time now, std::size_t& target);
  /// When the next one is due; the end of time when none is planned.
  [[nodiscard]] Time next_due() const noexcept;
  [[nodiscard]] Time due(std::size_t target) const { return due_.at(target); }

 private:
  void unplan(std::size_t target);
  [[nodiscard]] Time own_moment_by(std::size_t target, Time latest) const;

  Duration interval_{};
  Duration retry_interval_{};
  Time base_;
  std::size_t first_ = 0;  ///< how many were planned in the first round
  std::vector<Time> due_;  ///< the end of time: not planned
  std::set<std::pair<Time, std::size_t>> order_;
};

}  // namespace failover
