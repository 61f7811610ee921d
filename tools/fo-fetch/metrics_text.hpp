#pragma once

#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/fetcher.hpp>

namespace failover::cli {

/// What --metrics-file holds after a run that took `took`.
std::string metrics_text(std::string_view source, const FetchCounters& counters, bool failed, Duration took);

}  // namespace failover::cli
