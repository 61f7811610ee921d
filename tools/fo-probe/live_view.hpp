#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <failover/context.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/live_lines.hpp"
#include "cli/output.hpp"

namespace failover::cli {

/// One line of the view.
struct LiveRow {
  std::string target;
  TargetState state = TargetState::unknown;
  bool reference = false;
  bool checked = false;
  Result<Health> last = Health::up;
  Duration rtt{};
  std::string detail;
  std::deque<double> past;  ///< response times in seconds, negative where there was none
};

struct LiveStyle {
  TerminalSize size;
  bool colour = false;
  bool unicode = false;
};

/// The lines of the view: the targets (only those that are not up when there is no room for all), then the verdict.
/// None is wider than the terminal. Pure.
std::vector<std::string> live_lines(const std::vector<LiveRow>& rows, std::string_view verdict, const LiveStyle& style);

/// Shows a person on a terminal how the targets are: state, response time, what was found last. A log never sees it.
class LiveView final : public WatchListener {
 public:
  explicit LiveView(Output& output);
  void watching(const WatchPlan& plan) override;
  void checked(const Observation& observation, bool is_reference) override;
  void state_changed(const Target& target, TargetState from, TargetState to, std::string_view reason) override;
  void verdict_changed(const Verdict& verdict) override;
  void alive() override { draw(); }

 private:
  void draw_soon();
  void draw();
  Output& output_;
  bool unicode_;
  std::vector<LiveRow> rows_;
  std::unordered_map<std::string, std::size_t> row_of_;
  std::string verdict_ = "not known yet";
  std::chrono::steady_clock::time_point drawn_at_;
};

}  // namespace failover::cli
