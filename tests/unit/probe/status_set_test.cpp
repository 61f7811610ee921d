#include "probe/status_set.hpp"

#include "support/catch.hpp"

using failover::StatusSet;

TEST_CASE("expected statuses: one, a class, a range, and several of them") {
  const auto set = StatusSet::parse("204,3xx,500-503");
  REQUIRE(set);
  for (const long status : {204, 300, 399, 500, 503}) {
    INFO(status);
    CHECK(set->contains(status));
  }
  for (const long status : {0, 200, 205, 299, 400, 499, 504}) {
    INFO(status);
    CHECK_FALSE(set->contains(status));
  }
  CHECK(StatusSet::usual().contains(200));
  CHECK(StatusSet::usual().contains(499));
  CHECK_FALSE(StatusSet::usual().contains(500));
  CHECK_FALSE(StatusSet::usual().contains(199));
}

TEST_CASE("what names no status is an error") {
  const auto* const text = GENERATE("", ",", "200,", "20", "2000", "199", "600", "1xx", "6xx", "2x", "xxx", "300-200",
                                    "200-", "-200", "200-2xx", " 200");
  INFO(text);
  CHECK_FALSE(StatusSet::parse(text));
}
