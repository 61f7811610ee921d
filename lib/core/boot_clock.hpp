#pragma once

#include <chrono>

namespace failover {

/// Time since this host started, suspension included, whatever its date is set to (CLOCK_BOOTTIME): for ages that must
/// not stand still while the host sleeps.
struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept;
};

}  // namespace failover
