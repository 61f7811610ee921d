#include "fo-probe/metrics_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

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

/// One metric with its help, type and samples; nothing at all without a sample.
class Family {
 public:
  Family(std::string_view name, std::string_view type, std::string_view help)
      : name_(fmt::format("failover_probe_{}", name)),
        head_(fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help, type)) {}
  template <typename Value>
  void add(std::string_view labels, const Value& value) {
    if (text.empty()) text = head_;
    text += fmt::format("{}{{{}}} {}\n", name_, labels, value);
  }
  std::string text;

 private:
  std::string name_;
  std::string head_;
};

}  // namespace

void MetricsFile::move_to(std::filesystem::path path) {
  changed_ = changed_ || path != path_;
  path_ = std::move(path);
}

void MetricsFile::add(const Observation& observation) {
  auto& known = targets_[observation.target.text];
  const auto which = std::ranges::find(healths, to_string(observation.health)) - healths.begin();
  ++known.checks.at(static_cast<std::size_t>(which));
  known.latest = observation;
  changed_ = true;
}

void MetricsFile::set_state(const Target& target, TargetState state) {
  auto& known = targets_[target.text];
  known.state = state;
  ++known.changes;
  changed_ = true;
}

void MetricsFile::keep_only(std::span<const Target> targets, std::span<const Target> references) {
  std::set<std::string_view> wanted;
  for (const auto& one : targets) wanted.insert(one.text);
  for (const auto& one : references) wanted.insert(one.text);
  std::erase_if(targets_, [&](const auto& known) { return !wanted.contains(known.first); });
  for (const auto& one : targets) {
    auto& state = targets_[one.text].state;
    state = state.value_or(TargetState::unknown);
  }
  changed_ = true;
}

void MetricsFile::set(const Verdict& verdict) {
  verdict_ = verdict;
  changed_ = true;
}

std::string MetricsFile::text() const {
  Family health("health", "gauge", "1 for what the last check of a target found.");
  Family up("up", "gauge", "Whether the last check found the target up.");
  Family state("state", "gauge", "1 for what the watch holds the target for, after rise and fall.");
  Family times("response_seconds", "gauge", "Response time of the last check, where it found the target up.");
  Family checked("checked_timestamp_seconds", "gauge", "When the last check ended.");
  Family checks("checks_total", "counter", "Checks by what they found.");
  Family changes("state_changes_total", "counter", "Changes of what the watch holds the target for.");
  for (const auto& [name, known] : targets_) {
    const auto target = fmt::format("target=\"{}\"", escaped(name));
    for (std::size_t i = 0; i < healths.size(); ++i) {
      const auto labels = fmt::format("{},health=\"{}\"", target, healths.at(i));
      if (known.latest) health.add(labels, to_string(known.latest->health) == healths.at(i) ? 1 : 0);
      checks.add(labels, known.checks.at(i));
      if (known.state) {
        state.add(fmt::format("{},state=\"{}\"", target, healths.at(i)),
                  to_string(*known.state) == healths.at(i) ? 1 : 0);
      }
    }
    if (known.state) changes.add(target, known.changes);
    if (!known.latest) continue;
    const bool is_up = known.latest->health == Health::up;
    up.add(target, is_up ? 1 : 0);
    if (is_up) times.add(target, fmt::format("{:.6f}", std::chrono::duration<double>(known.latest->rtt).count()));
    checked.add(target,
                fmt::format("{:.3f}", std::chrono::duration<double>(known.latest->when.time_since_epoch()).count()));
  }
  Family verdict("verdict", "gauge", "1 for the verdict over all targets.");
  for (const auto one : healths) {
    if (verdict_) verdict.add(fmt::format("health=\"{}\"", one), to_string(verdict_->health) == one ? 1 : 0);
  }
  return health.text + up.text + state.text + times.text + checked.text + checks.text + changes.text + verdict.text;
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
