#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <failover/context.hpp>

namespace failover::cli {

/// Tells the service manager how we are (sd_notify(3)): one datagram to $NOTIFY_SOCKET; nothing without it. A message
/// that cannot be delivered is lost: watching matters more.
void systemd_notify(std::string_view state) noexcept;

/// How often the service manager's watchdog wants to hear of us, if it does ($WATCHDOG_USEC, $WATCHDOG_PID).
std::optional<Duration> systemd_watchdog_interval() noexcept;

}  // namespace failover::cli
