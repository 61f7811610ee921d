#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace failover::cli {

/// A line on stderr that is redrawn at most ten times a second: task, bar, share, rate and time left. Not thread-safe.
class ProgressBar {
 public:
  /// @param shown false where stderr is no terminal: then nothing is ever drawn.
  explicit ProgressBar(bool shown) noexcept : shown_(shown) {}
  void show(std::string_view task, std::uint64_t done, std::uint64_t total);
  /// Takes the line away, before something else is printed.
  void clear() noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  bool shown_;
  bool drawn_ = false;
  std::string task_;
  std::uint64_t first_done_ = 0;
  Clock::time_point began_;
  Clock::time_point drawn_at_;
};

/// The text of such a line, for a terminal of `width` columns.
std::string progress_line(std::string_view task, std::uint64_t done, std::uint64_t total, double per_second,
                          unsigned width);

}  // namespace failover::cli
