#include "core/ascii.hpp"

#include <string>

#include "support/catch.hpp"

namespace failover {
namespace {

TEST_CASE("Only the letters of ASCII have a small form") {
  CHECK(ascii_lower("AZ az 09 @[`{") == "az az 09 @[`{");
  CHECK(ascii_lower("\xc3\x84\xc4\xb0") == "\xc3\x84\xc4\xb0");
  CHECK(ascii_lower("").empty());
}

TEST_CASE("Texts are compared without the case of letters, and of nothing else") {
  CHECK(equal_ignoring_case("PBX.example", "pbx.EXAMPLE"));
  CHECK_FALSE(equal_ignoring_case("pbx", "pbx."));
  // Bit 5 apart like a letter's two forms, but no letters.
  CHECK_FALSE(equal_ignoring_case("@", "`"));
  CHECK_FALSE(equal_ignoring_case("[", "{"));
}

TEST_CASE("What a text may consist of") {
  CHECK(consists_of_alphanumerics("a-B_9", "-_"));
  CHECK_FALSE(consists_of_alphanumerics("", "-_"));
  CHECK_FALSE(consists_of_alphanumerics("a.b", "-_"));
  CHECK_FALSE(consists_of_alphanumerics("\xc3\xa4", ""));
  CHECK_FALSE(consists_of_alphanumerics(std::string("a\0b", 3), "-_"));
}

}  // namespace
}  // namespace failover
