#include "probe/watch_schedule.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include <failover/context.hpp>

namespace failover {

namespace {

constexpr auto never = WatchSchedule::Time::max();
constexpr Duration longest_first_gap = std::chrono::milliseconds(100);

}  // namespace

void WatchSchedule::set(std::size_t targets, Duration interval, Duration retry_interval, Time now) {
  interval_ = interval;
  retry_interval_ = retry_interval;
  base_ = now;
  first_ = 0;
  due_.assign(targets, never);
  order_.clear();
}

void WatchSchedule::plan_first(std::size_t target) {
  const auto gap = std::min(longest_first_gap, interval_ / static_cast<std::int64_t>(std::max(due_.size(), 1UZ)));
  plan_at(target, base_ + gap * static_cast<std::int64_t>(first_++));
}

void WatchSchedule::plan_at(std::size_t target, Time when) {
  unplan(target);
  due_.at(target) = when;
  order_.emplace(when, target);
}

void WatchSchedule::plan_next(std::size_t target, Time began, bool soon, Time now) {
  auto when = began + retry_interval_;
  if (!soon) {
    when = own_moment_by(target, began + interval_);
    // Too close to the last one: get there in two steps.
    const auto shortest = std::min(retry_interval_, interval_);
    if (const auto wait = when - began; wait < shortest) when = began + std::max(shortest, (interval_ + wait) / 2);
  }
  plan_at(target, std::max(when, now));
}

void WatchSchedule::hasten(std::size_t target, Time when) {
  if (due_.at(target) != never && when < due_.at(target)) plan_at(target, when);
}

bool WatchSchedule::take_due(Time now, std::size_t& target) {
  if (order_.empty() || order_.begin()->first > now) return false;
  target = order_.begin()->second;
  unplan(target);
  return true;
}

WatchSchedule::Time WatchSchedule::next_due() const noexcept {
  return order_.empty() ? never : order_.begin()->first;
}

void WatchSchedule::unplan(std::size_t target) {
  order_.erase({due_.at(target), target});
  due_.at(target) = never;
}

/// The last of its moments (base + its share of the interval + any number of intervals) that is not after `latest`.
WatchSchedule::Time WatchSchedule::own_moment_by(std::size_t target, Time latest) const {
  const auto share = interval_ * static_cast<std::int64_t>(target) / static_cast<std::int64_t>(due_.size());
  const auto first = base_ + share;
  if (latest <= first) return latest;
  return first + (latest - first) / interval_ * interval_;
}

}  // namespace failover
