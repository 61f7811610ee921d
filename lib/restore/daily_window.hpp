#pragma once

#include <chrono>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

namespace failover {

/// kind refused outside of the window; says when it opens. Pure.
/// @param now minutes since local midnight
Result<void> check_window(const DailyWindow& window, std::chrono::minutes now);

/// What the clock on the wall shows, in this process's time zone.
std::chrono::minutes local_minutes();

}  // namespace failover
