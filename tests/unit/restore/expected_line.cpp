#include "restore/expected_line.hpp"

#include <string>

#include <failover/error.hpp>

#include "support/catch.hpp"

using namespace failover;

namespace {

bool seen(const std::string& pattern, const std::string& text, std::size_t piece) {
  auto line = *ExpectedLine::make(pattern);
  for (std::size_t at = 0; at < text.size(); at += piece) line.feed(std::string_view(text).substr(at, piece));
  line.end_of_text();
  return line.seen();
}

}  // namespace

TEST_CASE("a line is looked at as a whole, however it comes") {
  for (const std::size_t piece : {1U, 3U, 100U}) {
    CHECK(seen("^restore (done|completed)$", "begin\r\nrestore done\r\nend", piece));
    CHECK(seen("end$", "begin\nthe end", piece));
    CHECK_FALSE(seen("^done$", "restore done\n", piece));
    CHECK_FALSE(seen("begin.*end", "begin\nend\n", piece));
  }
}

TEST_CASE("a line without end is cut, not kept") {
  CHECK(seen("^x", std::string(10'000'000, 'x'), 65536));
  CHECK_FALSE(seen("y", std::string(10'000, 'x') + "y", 4096));
}

TEST_CASE("what is no pattern is wrong usage") {
  CHECK(ExpectedLine::make("(").error().kind == ErrorKind::usage);
}
