#include "fo-fetch/metrics_text.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/fetcher.hpp>

#include "cli/textfile.hpp"

namespace failover::cli {

namespace {

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

std::string metrics_text(std::string_view source, const FetchCounters& counters, bool failed, Duration took) {
  std::string text;
  const auto label = label_value(source);
  const auto add = [&](std::string_view name, std::string_view type, std::string_view help, const auto& value) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0}{{source=\"{3}\"}} {4}\n", name, help, type, label, value);
  };
  if (counters.backup_time) {
    add("failover_backup_timestamp_seconds", "gauge", "The newest backup's own time.",
        unix_seconds(*counters.backup_time));
    add("failover_backup_size_bytes", "gauge", "Its size.", counters.size);
  }
  if (counters.succeeded) {
    add("failover_fetch_success_timestamp_seconds", "gauge", "When fo-fetch last did not fail.",
        unix_seconds(*counters.succeeded));
  }
  add("failover_backup_fetched_bytes_total", "counter", "Bytes that came from the store.", counters.fetched_bytes);
  add("failover_fetch_runs_total", "counter", "Runs of fo-fetch.", counters.runs);
  add("failover_fetch_failures_total", "counter", "Runs that failed.", counters.failures);
  add("failover_fetch_failed", "gauge", "1 if the last run failed.", failed ? 1 : 0);
  add("failover_fetch_duration_seconds", "gauge", "How long the last run took.",
      fmt::format("{:.3f}", std::chrono::duration<double>(took).count()));
  return text;
}

}  // namespace failover::cli
