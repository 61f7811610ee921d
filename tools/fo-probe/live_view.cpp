#include "fo-probe/live_view.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <deque>
#include <ratio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/live_lines.hpp"
#include "cli/output.hpp"

namespace failover::cli {

namespace {

constexpr std::size_t kept_times = 12;
constexpr std::size_t most_rows = 20;
constexpr std::size_t state_width = 8;
constexpr auto shortest_redraw = std::chrono::milliseconds(100);

bool terminal_takes_unicode() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
  }
  return false;
}

/// What peers say must not steer the terminal; here a byte is a column, too.
std::string in_columns(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c < ' ' || c > '~') c = '?';
  }
  return result;
}

/// Of the past response times, each against the longest of them.
std::string sparkline(const std::deque<double>& past) {
  constexpr std::array<std::string_view, 8> bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const double longest = past.empty() ? 0.0 : *std::ranges::max_element(past);
  std::string line;
  for (std::size_t i = past.size(); i < kept_times; ++i) line += ' ';
  for (const double time : past) {
    if (time < 0) {
      line += 'x';
      continue;
    }
    const auto level = longest > 0 ? std::min(7L, std::lround(time / longest * 7.0)) : 0L;
    line += bars.at(static_cast<std::size_t>(level));
  }
  return line;
}

std::string_view colour_of(TargetState state) {
  switch (state) {
    case TargetState::up:
      return "32";
    case TargetState::down:
      return "31";
    case TargetState::unknown:
      break;
  }
  return "33";
}

std::string line_of(const LiveRow& row, const LiveStyle& style) {
  const auto word = row.reference ? std::string("ref") : std::string(to_string(row.state));
  auto state = fmt::format("{:<{}}", word, state_width);
  if (style.colour) {
    const auto shown = row.reference ? (row.last == Health::up ? TargetState::up : TargetState::unknown) : row.state;
    state = fmt::format("\x1b[{}m{}\x1b[0m", colour_of(shown), state);
  }
  std::string time = "-";
  if (row.checked && row.last == Health::up) {
    time = fmt::format("{:.1f} ms", std::chrono::duration<double, std::milli>(row.rtt).count());
  }
  time = fmt::format("{:>10}", time);
  const auto past = style.unicode ? sparkline(row.past) + "  " : std::string();
  const auto used = state_width + time.size() + 2 + (style.unicode ? kept_times + 2 : 0);
  const auto room = style.size.columns > used + 1 ? style.size.columns - used - 1 : 0;
  const auto rest = in_columns(fmt::format("{}  {}", row.target, row.detail)).substr(0, room);
  return fmt::format("{}{}  {}{}", state, time, past, rest);
}

}  // namespace

std::vector<std::string> live_lines(const std::vector<LiveRow>& rows, std::string_view verdict,
                                    const LiveStyle& style) {
  std::vector<std::string> lines;
  // Below this there is no sense in columns: the status line alone.
  const bool roomy = style.size.columns >= 40 && style.size.rows >= 4;
  const auto room = roomy ? std::min(most_rows, style.size.rows - 2) : 0;
  const bool all = rows.size() <= room;
  for (const auto& row : rows) {
    const bool worth_it = all || (!row.reference && row.state != TargetState::up);
    if (worth_it && lines.size() < room) lines.push_back(line_of(row, style));
  }
  const auto more = rows.size() > lines.size() ? fmt::format(" ({} more)", rows.size() - lines.size()) : std::string();
  const auto status = in_columns(fmt::format("verdict {}{}", verdict, more));
  lines.push_back(status.substr(0, style.size.columns > 1 ? style.size.columns - 1 : 1));
  return lines;
}

LiveView::LiveView(Output& output) : output_(output), unicode_(terminal_takes_unicode()) {}

void LiveView::watching(const WatchPlan& plan) {
  std::vector<LiveRow> rows;
  const auto add = [&](const Target& target, bool reference) {
    const auto old = row_of_.find(target.text);
    if (old != row_of_.end() && rows_[old->second].reference == reference) {
      rows.push_back(rows_[old->second]);
    } else {
      rows.push_back({.target = target.text, .reference = reference, .detail = {}, .past = {}});
    }
  };
  for (const auto& target : plan.targets) add(target, false);
  for (const auto& target : plan.references) add(target, true);
  rows_ = std::move(rows);
  row_of_.clear();
  for (std::size_t i = 0; i < rows_.size(); ++i) row_of_.try_emplace(rows_[i].target, i);
  draw();
}

void LiveView::checked(const Observation& observation, bool) {
  const auto found = row_of_.find(observation.target.text);
  if (found == row_of_.end()) return;
  auto& row = rows_[found->second];
  row.checked = true;
  row.last = observation.health;
  row.rtt = observation.rtt;
  row.detail = observation.detail;
  row.past.push_back(observation.health == Health::up ? std::chrono::duration<double>(observation.rtt).count() : -1.0);
  if (row.past.size() > kept_times) row.past.pop_front();
  draw_soon();
}

void LiveView::state_changed(const Target& target, TargetState, TargetState to, std::string_view) {
  if (const auto found = row_of_.find(target.text); found != row_of_.end()) rows_[found->second].state = to;
  draw_soon();
}

void LiveView::verdict_changed(const Verdict& verdict) {
  verdict_ = fmt::format("{}: {}", to_string(verdict.health), verdict.reason);
  draw_soon();
}

// What is left out here comes with the next alive().
void LiveView::draw_soon() {
  if (std::chrono::steady_clock::now() - drawn_at_ >= shortest_redraw) draw();
}

void LiveView::draw() {
  if (!output_.live()) return;
  drawn_at_ = std::chrono::steady_clock::now();
  output_.show(live_lines(rows_, verdict_, {terminal_size(), output_.colour(), unicode_}));
}

}  // namespace failover::cli
