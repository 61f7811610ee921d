#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace failover::cli {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};
/// Of the terminal on stderr.
TerminalSize terminal_size() noexcept;

/// Some lines at the end of the terminal on stderr that are drawn again and again in place. Not thread-safe.
class LiveLines {
 public:
  /// @param shown false where nobody looks: then nothing is ever drawn.
  explicit LiveLines(bool shown) noexcept : shown_(shown) {}
  [[nodiscard]] bool shown() const noexcept { return shown_; }
  /// Each must fit into the terminal's width.
  void show(const std::vector<std::string>& lines);
  /// Takes them away, before something else is printed.
  void clear() noexcept;

 private:
  bool shown_;
  std::size_t drawn_ = 0;
};

}  // namespace failover::cli
