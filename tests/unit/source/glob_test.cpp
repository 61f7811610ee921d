#include "source/glob.hpp"

#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::ErrorKind;
using failover::parse_path_pattern;

TEST_CASE("A plain path names one object") {
  const auto path = parse_path_pattern("/srv/back%20ups/3CX.zip").value();
  CHECK_FALSE(path.is_listing());
  CHECK(path.path() == "/srv/back ups/3CX.zip");
}

TEST_CASE("A slash at the end names the whole folder, but nothing hidden") {
  const auto path = parse_path_pattern("/srv/").value();
  CHECK(path.is_listing());
  CHECK(path.folder == "/srv/");
  CHECK(path.matches("a.zip"));
  CHECK_FALSE(path.matches(".a.zip.part"));
}

TEST_CASE("Wildcards that stand openly are wildcards, encoded ones are themselves") {
  CHECK(parse_path_pattern("/3CX*.zip")->matches("3CXBackup.zip"));
  CHECK_FALSE(parse_path_pattern("/3CX*.zip")->matches("3CXBackup.zip.1"));
  CHECK(parse_path_pattern("/b?.zip")->matches("b1.zip"));
  CHECK(parse_path_pattern("/b[0-9].zip")->matches("b7.zip"));
  const auto literal = parse_path_pattern("/b%2A.zip").value();
  CHECK(literal.path() == "/b*.zip");
  const auto mixed = parse_path_pattern("/b%2A*.zip").value();
  CHECK(mixed.matches("b*1.zip"));
  CHECK_FALSE(mixed.matches("b1.zip"));
  CHECK(parse_path_pattern("/a\\*")->matches("a\\1"));
}

TEST_CASE("Paths that make no sense are refused") {
  for (const char* wrong : {"", "/a*/b.zip", "/a%2Fb", "/a/..", "/a/.", "/a%00b", "/a%zz", "/a*%0"}) {
    INFO(wrong);
    const auto path = parse_path_pattern(wrong);
    REQUIRE_FALSE(path);
    CHECK(path.error().kind == ErrorKind::usage);
  }
}
