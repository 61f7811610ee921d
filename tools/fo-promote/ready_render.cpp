#include "fo-promote/ready_render.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "cli/output.hpp"
#include "cli/plugin_line.hpp"
#include "cli/tool.hpp"

namespace failover::promote_tool {

namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

long long seconds(Duration duration) {
  return std::chrono::floor<std::chrono::seconds>(duration).count();
}

int status_of(ReadyGrade grade) noexcept {
  switch (grade) {
    case ReadyGrade::ok:
      return cli::plugin_ok;
    case ReadyGrade::warning:
      return cli::plugin_warning;
    case ReadyGrade::critical:
      return cli::plugin_critical;
    case ReadyGrade::unknown:
      break;
  }
  return cli::plugin_unknown;
}

std::string what(const ReadyCheck& row) {
  return row.about.empty() ? row.name : row.name + " " + row.about;
}

std::string summary(const std::vector<ReadyCheck>& rows, ReadyGrade worst, const PromotionSettings& settings,
                    bool here_is_active) {
  if (worst == ReadyGrade::ok) {
    return here_is_active
               ? fmt::format("{} is the active host of {}", settings.node, settings.service)
               : fmt::format("{} could take {} over: {} checks are good", settings.node, settings.service, rows.size());
  }
  std::string named;
  std::size_t bad = 0;
  // The worst first: a poller may cut the line.
  for (const auto grade : {ReadyGrade::critical, ReadyGrade::warning, ReadyGrade::unknown}) {
    for (const auto& row : rows) {
      if (row.grade != grade) continue;
      named += fmt::format("{}{}: {}", bad++ == 0 ? "" : "; ", what(row), row.finding);
    }
  }
  return fmt::format("{} of {} checks need a look: {}", bad, rows.size(), named);
}

std::vector<cli::PerfValue> values(const Readiness& seen, const std::vector<ReadyCheck>& rows) {
  std::vector<cli::PerfValue> all;
  const auto& promotion = seen.facts.promotion;
  if (promotion.backup && *promotion.backup) {
    all.push_back({"backup_age", fmt::format("{}s", seconds(promotion.now - (*promotion.backup)->time)),
                   fmt::format("{}", seconds(seen.settings.warn_backup_age)),
                   fmt::format("{}", seconds(seen.settings.max_backup_age))});
  }
  long long ttl = -1;
  for (const auto& view : promotion.views) {
    if (view.current) ttl = std::max<long long>(ttl, view.current->ttl.count());
  }
  if (ttl >= 0) {
    all.push_back({"ttl", fmt::format("{}s", ttl), fmt::format("{}", seen.readiness.max_ttl.count()), {}});
  }
  if (seen.facts.free_bytes) {
    all.push_back(
        {"free", fmt::format("{}B", *seen.facts.free_bytes), {}, fmt::format("{}:", seen.readiness.min_free)});
  }
  if (seen.facts.drills && !seen.facts.drills->empty()) {
    const auto& last = seen.facts.drills->back();
    all.push_back({"drill_age", fmt::format("{}s", seconds(promotion.now - last.when)), {}, {}});
    all.push_back({"takeover", fmt::format("{:.3f}s", std::chrono::duration<double>(last.took).count()), {}, {}});
  }
  for (const auto grade : {ReadyGrade::critical, ReadyGrade::warning, ReadyGrade::unknown}) {
    all.push_back({std::string(to_string(grade)),
                   fmt::format("{}", std::ranges::count(rows, grade, &ReadyCheck::grade)),
                   {},
                   {}});
  }
  return all;
}

std::string row_json(const ReadyCheck& row) {
  return text({{"check", row.name},
               {"about", row.about},
               {"grade", to_string(row.grade)},
               {"finding", row.finding},
               {"remedy", row.remedy}});
}

}  // namespace

cli::Outcome show_readiness(const Readiness& seen, cli::Output& output) {
  const auto rows = judge_readiness(seen.settings, seen.readiness, seen.facts);
  auto worst = ReadyGrade::ok;
  for (const auto& row : rows) worst = std::max(worst, row.grade);
  cli::Outcome outcome;
  outcome.status = status_of(worst);
  const auto line = cli::plugin_line("PROMOTE", outcome.status,
                                     summary(rows, worst, seen.settings, seen.facts.promotion.role == "active"));
  output.print(line + " | " + cli::perfdata_text(values(seen, rows)));
  for (const auto& row : rows) {
    output.object("check", row_json(row));
    auto told = fmt::format("[{}] {}: {}", to_string(row.grade), what(row), row.finding);
    if (!row.remedy.empty()) told += "; do: " + row.remedy;
    // '|' would begin more performance data.
    std::ranges::replace(told, '|', '/');
    output.print(told);
  }
  outcome.fields = text({{"grade", to_string(worst)}, {"summary", line}});
  return outcome;
}

}  // namespace failover::promote_tool
