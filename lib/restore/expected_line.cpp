#include "restore/expected_line.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <regex.h>

#include <failover/error.hpp>

namespace failover {

namespace {

constexpr std::size_t longest_line = std::size_t{8} << 10U;

}  // namespace

void ExpectedLine::Free::operator()(regex_t* pattern) const noexcept {
  ::regfree(pattern);
  delete pattern;
}

Result<ExpectedLine> ExpectedLine::make(const std::string& pattern) {
  auto room = std::make_unique<regex_t>();
  const int error = ::regcomp(room.get(), pattern.c_str(), REG_EXTENDED | REG_NOSUB);
  if (error != 0) {
    std::array<char, 200> why{};
    ::regerror(error, room.get(), why.data(), why.size());
    return fail(ErrorKind::usage, "--expect-log \"" + pattern + "\" is no pattern: " + why.data());
  }
  return ExpectedLine(std::unique_ptr<regex_t, Free>(room.release()));
}

void ExpectedLine::feed(std::string_view text) {
  while (!seen_ && !text.empty()) {
    const auto end = text.find('\n');
    const auto piece = text.substr(0, end);
    line_.append(piece.substr(0, longest_line - std::min(longest_line, line_.size())));
    if (end == std::string_view::npos) return;
    end_of_text();
    text.remove_prefix(end + 1);
  }
}

void ExpectedLine::end_of_text() {
  if (line_.ends_with('\r')) line_.pop_back();
  seen_ = seen_ || ::regexec(pattern_.get(), line_.c_str(), 0, nullptr, 0) == 0;
  line_.clear();
}

}  // namespace failover
