#include "probe/standstill.hpp"

#include <chrono>
#include <ctime>
#include <optional>
#include <utility>

#include <failover/context.hpp>

namespace failover {

namespace {

// Being late by less happens on a busy host and is harmless beside a timeout of seconds.
constexpr Duration tolerated = std::chrono::seconds(1);

Duration read_clock(clockid_t clock) noexcept {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

WatchTime watch_time() noexcept {
  return {Deadline::Clock::now(), read_clock(CLOCK_BOOTTIME) - read_clock(CLOCK_MONOTONIC)};
}

std::optional<Duration> Standstill::notice(const WatchTime& now) noexcept {
  const auto before = std::exchange(suspended_, now.suspended);
  const auto asleep = before ? now.suspended - *before : Duration::zero();
  if (asleep > tolerated) return asleep;
  if (expected_ == Deadline::Clock::time_point::max()) return std::nullopt;
  const Duration late = now.awake - expected_;
  return late > tolerated ? std::optional(late) : std::nullopt;
}

}  // namespace failover
