#pragma once

#include <optional>

#include <failover/context.hpp>

namespace failover {

/// The clocks that a watch goes by; neither is moved when somebody sets the time of day.
struct WatchTime {
  Deadline::Clock::time_point awake;  ///< CLOCK_MONOTONIC, which stands while the host is suspended
  Duration suspended{};               ///< how much longer CLOCK_BOOTTIME has run
};
WatchTime watch_time() noexcept;

/// Notices that this host stood still: it was suspended, the process was stopped, or it is too busy to be on time. What
/// happened meanwhile says nothing about the peer (property unknown-is-not-down). Pure.
class Standstill {
 public:
  /// @return how long it stood still, if it did since the last call.
  std::optional<Duration> notice(const WatchTime& now) noexcept;
  /// When the next notice() is due.
  void expect(Deadline::Clock::time_point when) noexcept { expected_ = when; }

 private:
  Deadline::Clock::time_point expected_ = Deadline::Clock::time_point::max();
  std::optional<Duration> suspended_;
};

}  // namespace failover
