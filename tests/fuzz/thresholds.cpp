#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "cli/units.hpp"
#include "fo-probe/count_rule.hpp"
#include "fuzz/must.hpp"
#include "fuzz/target.hpp"

using failover::test::must;

namespace {

using Unit = std::pair<std::string_view, std::uint64_t>;
constexpr std::array<Unit, 5> durations{{{"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"h", 3'600'000'000'000},
                                         {"d", 86'400'000'000'000}}};
constexpr std::array<Unit, 10> sizes{{{"B", 1},
                                      {"kB", 1'000},
                                      {"KB", 1'000},
                                      {"MB", 1'000'000},
                                      {"GB", 1'000'000'000},
                                      {"TB", 1'000'000'000'000},
                                      {"KiB", 1ULL << 10U},
                                      {"MiB", 1ULL << 20U},
                                      {"GiB", 1ULL << 30U},
                                      {"TiB", 1ULL << 40U}}};

/// A second reading of the same text, digit by digit; none where it is not digits and then one of the units, or where
/// the value is above `limit`.
std::optional<std::uint64_t> expected(std::string_view text, std::span<const Unit> units, std::uint64_t limit) {
  const auto digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
  for (const auto& [name, factor] : units) {
    if (text.substr(digits) != name) continue;
    std::uint64_t value = 0;
    for (const char c : text.substr(0, digits)) {
      if (__builtin_mul_overflow(value, 10U, &value)) return std::nullopt;
      if (__builtin_add_overflow(value, static_cast<unsigned>(c - '0'), &value)) return std::nullopt;
    }
    if (__builtin_mul_overflow(value, factor, &value) || value > limit) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

void check_count_rule(std::string_view text, std::size_t total) {
  const auto count = failover::cli::parse_count_rule(text, total, "--fail-when");
  if (!count) return;
  must(text == "all" || text == "any" || (*count >= 1 && *count <= total), "a rule asks for 1 to all targets");
  must((text == "all") == (*count == 0), "0 means all and nothing else does");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::test::as_text(data, size);
  constexpr auto longest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto duration = failover::cli::parse_duration(text);
  const auto wanted = expected(text, durations, longest);
  must(duration.has_value() == wanted.has_value(), "a duration is digits and a unit, and fits");
  if (duration) must(static_cast<std::uint64_t>(duration->count()) == *wanted, "a duration is what it says");

  const auto bytes = failover::cli::parse_size(text);
  const auto wanted_bytes = expected(text, sizes, std::numeric_limits<std::uint64_t>::max());
  must(bytes.has_value() == wanted_bytes.has_value(), "a size is digits and a unit, and fits");
  if (bytes) must(*bytes == *wanted_bytes, "a size is what it says");

  for (const std::size_t total : {1U, 3U, 100'000U}) check_count_rule(text, total);
  return 0;
}
