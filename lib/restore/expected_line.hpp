#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <regex.h>

#include <failover/error.hpp>

namespace failover {

/// Looks for a line that fits a pattern (POSIX, extended) in text that comes piece by piece. Of a line the first 8 KiB
/// count.
class ExpectedLine {
 public:
  /// kind usage for what is no pattern.
  static Result<ExpectedLine> make(const std::string& pattern);

  void feed(std::string_view text);
  /// The text is at its end: what follows begins a new line.
  void end_of_text();
  [[nodiscard]] bool seen() const noexcept { return seen_; }

 private:
  struct Free {
    void operator()(regex_t* pattern) const noexcept;
  };
  explicit ExpectedLine(std::unique_ptr<regex_t, Free> pattern) noexcept : pattern_(std::move(pattern)) {}
  std::unique_ptr<regex_t, Free> pattern_;
  std::string line_;
  bool seen_ = false;
};

}  // namespace failover
