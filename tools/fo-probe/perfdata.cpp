#include "fo-probe/perfdata.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/observer.hpp>

#include "cli/plugin_line.hpp"

namespace failover::cli {

namespace {

double seconds(Duration duration) noexcept {
  return std::chrono::duration<double>(duration).count();
}

std::string threshold(const std::optional<Duration>& value) {
  return value ? fmt::format("{:g}", seconds(*value)) : std::string{};
}

}  // namespace

std::string perfdata(std::span<const Observation> observations, const ProbeOptions& options) {
  std::map<std::string_view, std::size_t> kinds;
  for (const auto& one : observations) ++kinds[one.target.scheme];
  std::vector<PerfValue> values;
  for (const auto& one : observations) {
    if (one.health != Health::up) continue;
    const bool unique = kinds[one.target.scheme] == 1;
    values.push_back({unique ? one.target.scheme : one.target.text, fmt::format("{:.6f}s", seconds(one.rtt)),
                      threshold(options.warning), threshold(options.critical)});
  }
  return perfdata_text(values);
}

}  // namespace failover::cli
