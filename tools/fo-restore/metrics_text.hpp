#pragma once

#include <string>

#include <failover/context.hpp>
#include <failover/restorer.hpp>

namespace failover::cli {

/// What --metrics-file holds after a run that took `took`.
std::string metrics_text(const RestoreCounters& counters, const RestoreStatus& status, bool failed, Duration took);

}  // namespace failover::cli
