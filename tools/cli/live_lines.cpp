#include "cli/live_lines.hpp"

#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace failover::cli {

TerminalSize terminal_size() noexcept {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

void LiveLines::show(const std::vector<std::string>& lines) {
  if (!shown_) return;
  // In one write, so that it does not flicker: up to the first line, each line and the rest of it, the rest below.
  std::string text = "\r";
  if (drawn_ > 1) text += fmt::format("\x1b[{}A", drawn_ - 1);
  for (std::size_t i = 0; i < lines.size(); ++i) text += fmt::format("{}{}\x1b[K", i == 0 ? "" : "\n", lines[i]);
  text += "\x1b[J";
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
  drawn_ = lines.size();
}

void LiveLines::clear() noexcept {
  if (drawn_ == 0) return;
  if (drawn_ > 1) std::fprintf(stderr, "\r\x1b[%zuA\x1b[J", drawn_ - 1);
  if (drawn_ == 1) std::fputs("\r\x1b[J", stderr);
  std::fflush(stderr);
  drawn_ = 0;
}

}  // namespace failover::cli
