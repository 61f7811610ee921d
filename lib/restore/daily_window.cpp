#include "restore/daily_window.hpp"

#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

namespace failover {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr minutes a_day = hours(24);

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "HH:MM", 00:00 to 24:00.
std::optional<minutes> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const auto at : {0U, 1U, 3U, 4U}) {
    if (!is_digit(text[at])) return std::nullopt;
  }
  const minutes minute((text[3] - '0') * 10 + (text[4] - '0'));
  const minutes time = hours((text[0] - '0') * 10 + (text[1] - '0')) + minute;
  if (minute >= hours(1) || time > a_day) return std::nullopt;
  return time;
}

std::string clock_text(minutes time) {
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

}  // namespace

Result<DailyWindow> parse_daily_window(std::string_view text) {
  const auto dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto from = time_of_day(text.substr(0, dash));
    const auto to = time_of_day(text.substr(dash + 1));
    if (from && to && *from < a_day && *from != *to) return DailyWindow{*from, *to};
  }
  return fail(ErrorKind::usage, "\"" + std::string(text) + "\" is no part of a day; write it as 01:00-05:00");
}

Result<void> check_window(const DailyWindow& window, minutes now) {
  const bool over_midnight = window.to < window.from;
  const bool inside = over_midnight ? now >= window.from || now < window.to : now >= window.from && now < window.to;
  if (inside) return {};
  const auto wait = (window.from - now + a_day) % a_day;
  return fail(ErrorKind::refused, fmt::format("it is {} and the window is {}-{}; it opens at {}, in {} h {} min",
                                              clock_text(now), clock_text(window.from), clock_text(window.to),
                                              clock_text(window.from), wait.count() / 60, wait.count() % 60));
}

minutes local_minutes() {
  const auto now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  return hours(local.tm_hour) + minutes(local.tm_min);
}

}  // namespace failover
