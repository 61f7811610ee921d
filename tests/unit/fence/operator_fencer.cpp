#include <chrono>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/registry.hpp>

#include "core/clock.hpp"
#include "support/catch.hpp"

using failover::ErrorKind;

namespace {

failover::Result<void> fence_with_word(std::chrono::seconds age) {
  const auto word = failover::rfc3339(std::chrono::system_clock::now() - age);
  auto fencer = failover::make_fencer("operator", word);
  REQUIRE(fencer);
  return (*fencer)->fence({"a", "192.0.2.1", 7}, {});
}

}  // namespace

TEST_CASE("fence-first: the operator's word holds for 15 minutes, and none is no word") {
  CHECK(fence_with_word(std::chrono::seconds(1)));
  CHECK(fence_with_word(std::chrono::minutes(14)));
  CHECK(fence_with_word(std::chrono::seconds(-30)));
  CHECK(fence_with_word(std::chrono::minutes(16)).error().kind == ErrorKind::refused);
  CHECK(fence_with_word(std::chrono::minutes(-10)).error().kind == ErrorKind::refused);
  const auto silent = failover::make_fencer("operator", "");
  CHECK((*silent)->fence({"a", "", 1}, {}).error().kind == ErrorKind::refused);
  CHECK((*silent)->status({"a", "", 1}, {}).error().kind == ErrorKind::refused);
  CHECK(failover::make_fencer("operator", "now").error().kind == ErrorKind::usage);
}
