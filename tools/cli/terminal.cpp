#include "cli/terminal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <poll.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover::cli {

namespace {

constexpr std::size_t line_limit = std::size_t{64} * 1024;
/// poll(2) cannot wait for a stop_token; this is how late a stop may be noticed.
constexpr int poll_step_ms = 50;

Result<void> wait_for_input(const Context& context) {
  while (true) {
    FO_TRY(context.check());
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int left = context.deadline.poll_timeout_ms();
    const int ready = ::poll(&input, 1, left < 0 ? poll_step_ms : std::min(left, poll_step_ms));
    if (ready > 0) return {};
  }
}

/// Byte by byte, so that what follows the line stays for others. No value = end of input before any byte.
Result<std::optional<std::string>> read_line(const Context& context) {
  std::string line;
  while (line.size() < line_limit) {
    FO_TRY(wait_for_input(context));
    char byte = 0;
    const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return fail(ErrorKind::io, "cannot read stdin: " + std::error_code(errno, std::generic_category()).message());
    }
    if (count == 0 && line.empty()) return std::optional<std::string>{};
    if (count == 0 || byte == '\n') break;
    line += byte;
  }
  if (line.ends_with('\r')) line.pop_back();
  return std::optional(line);
}

}  // namespace

bool person_is_there() noexcept {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

Result<std::string> ask(std::string_view question, const Context& context) {
  std::fwrite(question.data(), 1, question.size(), stderr);
  std::fflush(stderr);
  auto line = FO_TRY(read_line(context));
  if (!line) return fail(ErrorKind::refused, "no answer was given; nothing was touched, type the command again");
  return *line;
}

Result<std::string> first_line_of_stdin(const Context& context) {
  auto line = FO_TRY(read_line(context));
  if (!line || line->empty())
    return fail(ErrorKind::not_found, "stdin holds no line to read; what should have written one says why");
  return *line;
}

}  // namespace failover::cli
