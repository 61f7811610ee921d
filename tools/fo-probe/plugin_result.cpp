#include "fo-probe/plugin_result.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/observer.hpp>

#include "cli/plugin_line.hpp"

namespace failover::cli {

namespace {

// A plugin's line is read by people and stored by pollers: name the first few, count the rest.
constexpr std::size_t most_named = 10;

bool has_complaint(const Observation& one) noexcept {
  return one.health != Health::up || one.grade != Grade::ok;
}

int status_of_verdict(const Verdict& verdict, std::span<const Observation> observations) noexcept {
  if (!verdict.health) return 3;
  if (*verdict.health == Health::down) return 2;
  int status = 0;
  for (const auto& one : observations) {
    if (one.health == Health::up && one.grade == Grade::critical) status = 2;
    if (has_complaint(one)) status = std::max(status, 1);
  }
  return status;
}

}  // namespace

PluginResult plugin_result(const Verdict& verdict, std::span<const Observation> observations) {
  PluginResult result;
  result.status = status_of_verdict(verdict, observations);
  std::string named;
  std::size_t complaints = 0;
  for (const auto& one : observations) {
    if (observations.size() > 1 && !has_complaint(one)) continue;
    if (++complaints > most_named) continue;
    named += fmt::format("{}{} {}: {}", named.empty() ? "" : "; ", one.target.text, to_string(one.health), one.detail);
  }
  if (complaints > most_named) named += fmt::format("; and {} more", complaints - most_named);
  result.summary =
      plugin_line("PROBE", result.status, fmt::format("{}{}{}", verdict.reason, named.empty() ? "" : ": ", named));
  return result;
}

PluginResult at_least_warning(PluginResult result) {
  constexpr std::string_view ok = "PROBE OK";
  if (result.status != 0 || !result.summary.starts_with(ok)) return result;
  result.status = 1;
  result.summary.replace(0, ok.size(), "PROBE WARNING");
  return result;
}

}  // namespace failover::cli
