#include "fo-probe/metrics_file.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>

namespace failover::cli {

namespace {

constexpr std::array<std::string_view, 3> healths{"up", "down", "unknown"};

std::string escaped(std::string_view label) {
  std::string result;
  for (const char c : label) {
    if (c == '\\' || c == '"') result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

void MetricsFile::add(const Observation& observation) {
  latest_.insert_or_assign(observation.target.text, observation);
  changed_ = true;
}

void MetricsFile::set(const Verdict& verdict) {
  verdict_ = verdict;
  changed_ = true;
}

std::string MetricsFile::text() const {
  std::string text =
      "# HELP failover_probe_health 1 for what the last check of a target found.\n"
      "# TYPE failover_probe_health gauge\n";
  std::string times =
      "# HELP failover_probe_response_seconds Response time of the last check that found the target up.\n"
      "# TYPE failover_probe_response_seconds gauge\n";
  std::string checked =
      "# HELP failover_probe_checked_timestamp_seconds When the last check ended.\n"
      "# TYPE failover_probe_checked_timestamp_seconds gauge\n";
  for (const auto& [name, one] : latest_) {
    const auto target = escaped(name);
    for (const auto health : healths) {
      text += fmt::format("failover_probe_health{{target=\"{}\",health=\"{}\"}} {}\n", target, health,
                          to_string(one.health) == health ? 1 : 0);
    }
    if (one.health == Health::up) {
      times += fmt::format("failover_probe_response_seconds{{target=\"{}\"}} {:.6f}\n", target,
                           std::chrono::duration<double>(one.rtt).count());
    }
    checked += fmt::format("failover_probe_checked_timestamp_seconds{{target=\"{}\"}} {:.3f}\n", target,
                           std::chrono::duration<double>(one.when.time_since_epoch()).count());
  }
  text += times + checked;
  if (verdict_) {
    text +=
        "# HELP failover_probe_verdict 1 for the verdict over all targets.\n"
        "# TYPE failover_probe_verdict gauge\n";
    for (const auto health : healths) {
      text += fmt::format("failover_probe_verdict{{health=\"{}\"}} {}\n", health,
                          to_string(verdict_->health) == health ? 1 : 0);
    }
  }
  return text;
}

Result<void> MetricsFile::write() {
  if (!std::exchange(changed_, false)) return {};
  auto temporary = path_;
  temporary += fmt::format(".{}.tmp", getpid());
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text();
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(temporary, path_, error);
  if (file && !error) return {};
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  return fail(ErrorKind::io, fmt::format("the metrics file '{}' cannot be written{}{}; check its folder",
                                         path_.string(), error ? ": " : "", error ? error.message() : ""));
}

}  // namespace failover::cli
