#pragma once

#include <span>
#include <string>

#include <failover/observer.hpp>

namespace failover::cli {

/// The response times of what is up, as a monitoring plugin's performance data: `'sip'=0.0123s;0.5;1`. The label is the
/// kind of target where that is unique, else the whole target.
std::string perfdata(std::span<const Observation> observations, const ProbeOptions& options);

}  // namespace failover::cli
