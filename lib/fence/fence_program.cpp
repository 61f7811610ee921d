#include "fence/fence_program.hpp"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/system_error.hpp"

namespace failover {

namespace {

constexpr Duration longest_timeout = std::chrono::hours(1);
constexpr std::size_t longest_clause = 200;

std::string_view without_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<Duration> parse_fence_timeout(const std::string& text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string_view unit(rest, end);
  const Duration one = unit == "ms"  ? Duration(std::chrono::milliseconds(1))
                       : unit == "s" ? Duration(std::chrono::seconds(1))
                       : unit == "m" ? Duration(std::chrono::minutes(1))
                                     : Duration::zero();
  if (error != std::errc() || one == Duration::zero() || number <= 0 || number > longest_timeout / one) {
    return fail(ErrorKind::usage, "timeout=" + text + " is not a duration of at most an hour, like 30s");
  }
  return number * one;
}

std::string first_clause(std::string_view text) {
  return std::string(without_end(text.substr(0, text.find('\n'))).substr(0, longest_clause));
}

std::string reason_clause(std::string_view text) {
  if (const auto at = text.find("ERROR: "); at != std::string_view::npos) return first_clause(text.substr(at));
  text = without_end(text);
  return first_clause(text.substr(text.rfind('\n') + 1));
}

Result<void> check_fence_program(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return fail(ErrorKind::config, "the fencer " + file + " is not there or not a regular file");
  }
  if (::access(file.c_str(), X_OK) != 0) return fail_errno("the fencer " + file + " cannot be run");
  return {};
}

}  // namespace failover
