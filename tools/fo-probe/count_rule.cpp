#include "fo-probe/count_rule.hpp"

#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include <failover/error.hpp>

namespace failover::cli {

Result<std::size_t> parse_count_rule(std::string_view text, std::size_t total, std::string_view option) {
  if (text == "all") return std::size_t{0};
  if (text == "any") return std::size_t{1};
  std::size_t count = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] =
      std::from_chars(text.data(), last, count);  // NOLINT(bugprone-suspicious-stringview-data-usage)
  if (error != std::errc() || end != last || count == 0) {
    return fail(ErrorKind::usage, fmt::format("{}: '{}' is not all, any or a number from 1", option, text));
  }
  if (count > total) {
    return fail(ErrorKind::usage, fmt::format("{} {}: there are only {} of them", option, count, total));
  }
  return count;
}

}  // namespace failover::cli
