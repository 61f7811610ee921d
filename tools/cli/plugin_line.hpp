#pragma once

#include <span>
#include <string>
#include <string_view>

namespace failover::cli {

/// Exit status of a monitoring plugin (monitoring-plugins.org, development guidelines).
constexpr int plugin_ok = 0;
constexpr int plugin_warning = 1;
constexpr int plugin_critical = 2;
constexpr int plugin_unknown = 3;

/// "PROBE CRITICAL - 3 of 3 down": one line, without a '|', which begins the performance data.
std::string plugin_line(std::string_view what, int status, std::string_view text);

/// One value of a plugin's performance data.
struct PerfValue {
  std::string label;
  std::string value;     ///< with its unit: 0.0123s, 1024B
  std::string warning;   ///< a range; empty = none
  std::string critical;  ///< a range; empty = none
};

/// `'sip'=0.0123s;0.5;1 'web'=..`; empty for none.
std::string perfdata_text(std::span<const PerfValue> values);

}  // namespace failover::cli
