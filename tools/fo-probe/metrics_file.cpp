#include "fo-probe/metrics_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/textfile.hpp"

namespace failover::cli {

namespace {

constexpr std::array<std::string_view, 3> healths{"up", "down", "unknown"};

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

/// The metrics of the targets.
class Families {
 public:
  void add(const std::string& target, const TargetMetrics& known) {
    for (std::size_t i = 0; i < healths.size(); ++i) add_one_of(target, known, i);
    if (known.state) changes_.add(target, known.changes);
    if (!known.latest) return;
    const auto& latest = *known.latest;
    const bool is_up = latest.health == Health::up;
    up_.add(target, is_up ? 1 : 0);
    if (is_up) times_.add(target, fmt::format("{:.6f}", std::chrono::duration<double>(latest.rtt).count()));
    checked_.add(target, fmt::format("{:.3f}", std::chrono::duration<double>(latest.when.time_since_epoch()).count()));
  }

  [[nodiscard]] std::string text() const {
    return health_.text + up_.text + state_.text + times_.text + checked_.text + checks_.text + changes_.text;
  }

 private:
  void add_one_of(const std::string& target, const TargetMetrics& known, std::size_t i) {
    const auto health = fmt::format("{},health=\"{}\"", target, healths.at(i));
    const auto state = fmt::format("{},state=\"{}\"", target, healths.at(i));
    if (known.latest) health_.add(health, to_string(known.latest->health) == healths.at(i) ? 1 : 0);
    if (known.state) state_.add(state, to_string(*known.state) == healths.at(i) ? 1 : 0);
    checks_.add(health, known.checks.at(i));
  }

  Family health_{"health", "gauge", "1 for what the last check of a target found."};
  Family up_{"up", "gauge", "Whether the last check found the target up."};
  Family state_{"state", "gauge", "1 for what the watch holds the target for, after rise and fall."};
  Family times_{"response_seconds", "gauge", "Response time of the last check, where it found the target up."};
  Family checked_{"checked_timestamp_seconds", "gauge", "When the last check ended."};
  Family checks_{"checks_total", "counter", "Checks by what they found."};
  Family changes_{"state_changes_total", "counter", "Changes of what the watch holds the target for."};
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
  for (auto known = targets_.begin(); known != targets_.end();) {
    known = wanted.contains(known->first) ? std::next(known) : targets_.erase(known);
  }
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
  Families families;
  for (const auto& [name, known] : targets_) families.add(fmt::format("target=\"{}\"", label_value(name)), known);
  Family verdict("verdict", "gauge", "1 for the verdict over all targets.");
  for (const auto one : healths) {
    if (verdict_) verdict.add(fmt::format("health=\"{}\"", one), to_string(verdict_->health) == one ? 1 : 0);
  }
  return families.text() + verdict.text;
}

Result<void> MetricsFile::write() {
  if (!std::exchange(changed_, false)) return {};
  return replace_textfile(path_, text());
}

}  // namespace failover::cli
