#include "cli/progress_bar.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace failover::cli {

namespace {

unsigned terminal_width() noexcept {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80U;
}

std::string short_number(double value) {
  constexpr std::array suffixes{"", "k", "M", "G", "T"};
  std::size_t step = 0;
  while (value >= 1000.0 && step + 1 < suffixes.size()) {
    value /= 1000.0;
    ++step;
  }
  return step == 0 ? fmt::format("{:.0f}", value) : fmt::format("{:.1f}{}", value, suffixes.at(step));
}

}  // namespace

std::string progress_line(std::string_view task, std::uint64_t done, std::uint64_t total, double per_second,
                          unsigned width) {
  const auto amount = static_cast<double>(done);
  std::string right = fmt::format("{} {}/s", short_number(amount), short_number(per_second));
  if (total == 0) return fmt::format("{}  {}", task, right).substr(0, width);
  const double share = std::min(1.0, amount / static_cast<double>(total));
  if (per_second > 0 && done < total) {
    const auto left = static_cast<std::uint64_t>(static_cast<double>(total - done) / per_second);
    right += fmt::format(" {:d}:{:02d} left", left / 60, left % 60);
  }
  right = fmt::format("{:3.0f}% {}", share * 100.0, right);
  const auto used = task.size() + right.size() + 6;
  if (used + 8 > width) return fmt::format("{} {}", task, right).substr(0, width);
  const auto cells = width - static_cast<unsigned>(used);
  const auto full = static_cast<unsigned>(share * cells);
  return fmt::format("{} [{}{}] {}", task, std::string(full, '#'), std::string(cells - full, '.'), right);
}

void ProgressBar::show(std::string_view task, std::uint64_t done, std::uint64_t total) {
  if (!shown_) return;
  const auto now = Clock::now();
  if (task != task_ || done < first_done_) {
    task_ = task;
    first_done_ = done;
    began_ = now;
    drawn_at_ = {};
  }
  if (now - drawn_at_ < std::chrono::milliseconds(100)) return;
  drawn_at_ = now;
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const double rate = seconds > 0 ? static_cast<double>(done - first_done_) / seconds : 0.0;
  const auto line = "\r" + progress_line(task, done, total, rate, terminal_width() - 1) + "\x1b[K";
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressBar::clear() noexcept {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

}  // namespace failover::cli
