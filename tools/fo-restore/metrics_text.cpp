#include "fo-restore/metrics_text.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/restorer.hpp>

namespace failover::cli {

namespace {

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

std::string metrics_text(const RestoreCounters& counters, const RestoreStatus& status, bool failed, Duration took) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view type, std::string_view help, const auto& value) {
    text += fmt::format("# HELP failover_restore_{0} {1}\n# TYPE failover_restore_{0} {2}\nfailover_restore_{0} {3}\n",
                        name, help, type, value);
  };
  if (status.generation != 0) {
    add("backup_timestamp_seconds", "gauge", "The own time of the backup that is applied.",
        unix_seconds(status.backup_time));
    add("applied_timestamp_seconds", "gauge", "When it was applied.", unix_seconds(status.restored));
  }
  if (counters.succeeded) {
    add("success_timestamp_seconds", "gauge", "When fo-restore last did not fail.", unix_seconds(*counters.succeeded));
  }
  add("generation", "gauge", "The generation that is applied; 0 = none.", status.generation);
  add("in_progress", "gauge", "1 if a tree may be half restored.", status.in_progress ? 1 : 0);
  add("bytes_total", "counter", "Bytes that were written.", counters.bytes);
  add("acts_total", "counter", "Files and directories that were replaced, added or removed.", counters.acts);
  add("runs_total", "counter", "Runs of fo-restore.", counters.runs);
  add("failures_total", "counter", "Runs that failed.", counters.failures);
  add("failed", "gauge", "1 if the last run failed.", failed ? 1 : 0);
  add("duration_seconds", "gauge", "How long the last run took.",
      fmt::format("{:.3f}", std::chrono::duration<double>(took).count()));
  return text;
}

}  // namespace failover::cli
