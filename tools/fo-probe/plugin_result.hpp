#pragma once

#include <span>
#include <string>

#include <failover/observer.hpp>

namespace failover::cli {

/// Exit status and words of a monitoring plugin (monitoring-plugins.org, development guidelines).
struct PluginResult {
  int status = 3;       ///< 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
  std::string summary;  ///< "PROBE CRITICAL - 3 of 3 down: ..", without perfdata
};

/// An OK becomes a WARNING: something else needs a look.
PluginResult at_least_warning(PluginResult result);

/// Up and nothing to complain of: 0. Up, but some target is not, or slow, or its certificate ends: 1 (2 when a critical
/// threshold is crossed). Down: 2. Unknown: 3.
PluginResult plugin_result(const Verdict& verdict, std::span<const Observation> observations);

}  // namespace failover::cli
