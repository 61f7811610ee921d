#include "cli/units.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover::cli {

namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 5> duration_units{{{"ms", 1'000'000},
                                              {"s", 1'000'000'000},
                                              {"m", 60'000'000'000},
                                              {"h", 3'600'000'000'000},
                                              {"d", 86'400'000'000'000}}};

constexpr std::array<Unit, 10> size_units{{{"B", 1},
                                           {"kB", 1'000},
                                           {"KB", 1'000},
                                           {"MB", 1'000'000},
                                           {"GB", 1'000'000'000},
                                           {"TB", 1'000'000'000'000},
                                           {"KiB", 1ULL << 10U},
                                           {"MiB", 1ULL << 20U},
                                           {"GiB", 1ULL << 30U},
                                           {"TiB", 1ULL << 40U}}};

/// Number times factor, or nothing when the text is no whole number with one of the units or does not fit.
template <std::size_t N>
bool parse_with_unit(std::string_view text, const std::array<Unit, N>& units, std::uint64_t limit,
                     std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  const auto name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& unit : units) {
    if (unit.name != name) continue;
    if (value > limit / unit.factor) return false;
    value *= unit.factor;
    return true;
  }
  return false;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t nanoseconds = 0;
  if (!parse_with_unit(text, duration_units, limit, nanoseconds)) {
    return fail(ErrorKind::usage, fmt::format("'{}' is not a duration; write it like 500ms, 30s, 5m, 24h or 7d", text));
  }
  return Duration(static_cast<std::int64_t>(nanoseconds));
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t bytes = 0;
  if (!parse_with_unit(text, size_units, std::numeric_limits<std::uint64_t>::max(), bytes)) {
    return fail(ErrorKind::usage, fmt::format("'{}' is not a size; write it like 512B, 64KiB or 10MB", text));
  }
  return bytes;
}

}  // namespace failover::cli
