#include "core/clock.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Exactly the form we write: scanf alone would let blanks, signs and missing digits pass.
bool is_rfc3339(std::string_view text) noexcept {
  constexpr std::string_view form = "0000-00-00T00:00:00Z";
  const auto fits = [](char wanted, char c) { return wanted == '0' ? c >= '0' && c <= '9' : c == wanted; };
  return std::ranges::equal(form, text, fits);
}

// 64 bits of nanoseconds since 1970 hold no more.
constexpr int first_year = 1678;
constexpr int last_year = 2261;

}  // namespace

WallTime wall_time(std::int64_t seconds_since_1970, std::int64_t nanoseconds) noexcept {
  constexpr std::int64_t furthest = 9'000'000'000;
  constexpr std::int64_t second = 1'000'000'000;
  return WallTime(seconds(std::clamp(seconds_since_1970, -furthest, furthest)) +
                  std::chrono::nanoseconds(std::clamp<std::int64_t>(nanoseconds, 0, second - 1)));
}

std::string rfc3339(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", floor<seconds>(time));
}

std::string rfc3339_millis(WallTime time) {
  const auto whole = floor<seconds>(time);
  const auto millis = floor<milliseconds>(time - whole).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03d}Z", whole, millis);
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  int year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (is_rfc3339(text)) {
    const std::string copy(text);
    std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second);
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  const bool date_ok = year >= first_year && year <= last_year && date.ok();
  if (!date_ok || hour > 23 || minute > 59 || second > 60) {
    return fail(ErrorKind::usage, fmt::format("'{}' is not a time like 2026-11-23T06:07:00Z", text));
  }
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) + seconds(second);
}

std::string compact_utc(WallTime time) {
  return fmt::format("{:%Y%m%dT%H%M%S}Z", floor<seconds>(time));
}

std::string human_duration(Duration duration) {
  using std::chrono::duration_cast;
  const auto total_ms = duration_cast<milliseconds>(duration).count();
  if (total_ms < 1000) return fmt::format("{} ms", total_ms);
  const auto total = duration_cast<seconds>(duration).count();
  if (total < 10 && total_ms % 1000 != 0) return fmt::format("{:.1f} s", static_cast<double>(total_ms) / 1000.0);
  struct Unit {
    std::int64_t length;
    const char* name;
    std::int64_t part;
    const char* part_name;
  };
  constexpr std::array units{Unit{86400, "d", 3600, "h"}, Unit{3600, "h", 60, "min"}, Unit{60, "min", 1, "s"}};
  for (const auto& unit : units) {
    if (total < unit.length) continue;
    const auto rest = total % unit.length / unit.part;
    if (rest == 0) return fmt::format("{} {}", total / unit.length, unit.name);
    return fmt::format("{} {} {} {}", total / unit.length, unit.name, rest, unit.part_name);
  }
  return fmt::format("{} s", total);
}

std::string human_size(unsigned long long bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  constexpr std::array names{"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024.0;
  std::size_t unit = 0;
  while (value >= 1024.0 && unit + 1 < names.size()) {
    value /= 1024.0;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, names.at(unit));
}

}  // namespace failover
