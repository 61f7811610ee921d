#include <cstdint>
#include <limits>

#include <failover/arbiter.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

#include "support/catch.hpp"

using failover::ErrorKind;

TEST_CASE("one-winner: the operator arbiter lets nothing go unattended unless there is only one standby") {
  const auto alone = failover::make_arbiter("operator", {false, false});
  REQUIRE(alone);
  CHECK((*alone)->may_run_unattended().error().kind == ErrorKind::refused);
  CHECK((*alone)->claim({"b", 3, {"a"}}, {}).error().kind == ErrorKind::refused);
  CHECK((*failover::make_arbiter("operator", {false, true}))->may_run_unattended());
  CHECK((*failover::make_arbiter("operator", {true, false}))->claim({"b", 3, {"a"}}, {}));
  CHECK(failover::make_arbiter("zookeeper://e", {}).error().kind == ErrorKind::usage);
}

TEST_CASE("fence-first: the operator arbiter commits only when every peer is confirmed off") {
  const auto arbiter = failover::make_arbiter("operator", {true, false});
  REQUIRE((*arbiter)->claim({"b", 3, {"a", "c"}}, {})->epoch == 4);
  CHECK((*arbiter)->commit({}).error().kind == ErrorKind::refused);
  REQUIRE((*arbiter)->confirm_off("a", {}));
  CHECK((*arbiter)->commit({}).error().kind == ErrorKind::refused);
  REQUIRE((*arbiter)->confirm_off("c", {}));
  CHECK((*arbiter)->commit({}));
  CHECK((*arbiter)->read({})->active == "b");
}

TEST_CASE("epoch: there is no epoch above the largest") {
  const auto arbiter = failover::make_arbiter("operator", {true, false});
  CHECK(!(*arbiter)->claim({"b", std::numeric_limits<std::uint64_t>::max(), {}}, {}));
}
