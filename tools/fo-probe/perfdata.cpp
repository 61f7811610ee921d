#include "fo-probe/perfdata.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/observer.hpp>

namespace failover::cli {

namespace {

double seconds(Duration duration) noexcept {
  return std::chrono::duration<double>(duration).count();
}

std::string threshold(const std::optional<Duration>& value) {
  return value ? fmt::format("{:g}", seconds(*value)) : std::string{};
}

/// A label may hold neither quotes nor an equals sign.
std::string label(std::string text) {
  std::ranges::replace(text, '\'', '_');
  std::ranges::replace(text, '=', '_');
  return text;
}

}  // namespace

std::string perfdata(std::span<const Observation> observations, const ProbeOptions& options) {
  std::map<std::string_view, std::size_t> kinds;
  for (const auto& one : observations) ++kinds[one.target.scheme];
  std::string text;
  for (const auto& one : observations) {
    if (one.health != Health::up) continue;
    const bool unique = kinds[one.target.scheme] == 1;
    text += fmt::format("{}'{}'={:.6f}s;{};{}", text.empty() ? "" : " ",
                        label(unique ? one.target.scheme : one.target.text), seconds(one.rtt),
                        threshold(options.warning), threshold(options.critical));
  }
  return text;
}

}  // namespace failover::cli
