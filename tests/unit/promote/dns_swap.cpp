#include "promote/dns_swap.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "promote/view_outcome.hpp"
#include "support/catch.hpp"
#include "unit/promote/fake_world.hpp"

using failover::DnsView;
using failover::ErrorKind;
using failover::Result;
using failover::ServiceRecord;
using failover::Swapped;
using failover::promote_test::World;

namespace {

const std::string old_address = "192.0.2.1";
const std::string new_address = "192.0.2.2";

DnsView view_of(World& world) {
  DnsView view;
  view.updater = std::make_unique<failover::promote_test::FakeUpdater>(world);
  view.verifier = std::make_unique<failover::promote_test::FakeVerifier>(world);
  return view;
}

/// From the old address to the new one, and from nowhere else.
Result<std::optional<ServiceRecord>> decide(const ServiceRecord& current) {
  if (failover::is_at(current, {new_address})) return std::nullopt;
  if (!failover::is_at(current, {old_address})) return failover::fail(ErrorKind::unfinished, "a stranger");
  auto wanted = current;
  wanted.addresses = {new_address};
  return wanted;
}

ServiceRecord at(const World& world, const std::string& address) {
  auto record = world.record;
  record.addresses = {address};
  return record;
}

}  // namespace

TEST_CASE("what is known is swapped without another look") {
  World world;
  auto view = view_of(world);
  const auto done = failover::swap_view(view, world.record, decide, {}, {});
  REQUIRE(done);
  CHECK(done->now);
  CHECK_FALSE(world.logged("current"));
  CHECK(world.record.addresses == std::vector{new_address});
}

TEST_CASE("what is known never decides that nothing is to be done, or that nothing can be") {
  World world;
  auto view = view_of(world);
  CHECK(failover::swap_view(view, at(world, new_address), decide, {}, {})->now);
  CHECK(world.record.addresses == std::vector{new_address});
  World other;
  auto stranger = view_of(other);
  CHECK(failover::swap_view(stranger, at(other, "192.0.2.9"), decide, {}, {})->now);
}

TEST_CASE("what is known and old is noticed by the swap itself, and decided anew") {
  World world;
  auto view = view_of(world);
  const auto known = world.record;
  world.record = at(world, "192.0.2.9");
  const auto done = failover::swap_view(view, known, decide, {}, {});
  REQUIRE_FALSE(done);
  CHECK(done.error().message == "a stranger");
  CHECK(world.record.addresses == std::vector<std::string>{"192.0.2.9"});
}

TEST_CASE("every change is told before it is sent, and one that cannot be written down is not sent") {
  World world;
  auto view = view_of(world);
  const auto full_disk = [&](const ServiceRecord& was, const ServiceRecord& wanted) -> Result<void> {
    CHECK(was.addresses == std::vector{old_address});
    CHECK(wanted.addresses == std::vector{new_address});
    CHECK_FALSE(world.logged("replace"));
    return failover::fail(ErrorKind::io, "no space");
  };
  const auto done = failover::swap_view(view, std::nullopt, decide, full_disk, {});
  REQUIRE_FALSE(done);
  CHECK_FALSE(world.logged("replace"));
  CHECK(world.record.addresses == std::vector{old_address});
}

TEST_CASE("what callers of a view get is asked of its primary; no answer is unknown, never old") {
  World world;
  auto view = view_of(world);
  const std::vector<std::vector<std::string>> from{{old_address}};
  CHECK(failover::look_at_state(view, from, {new_address}, {}) == failover::ViewState::old_endpoints);
  world.record = at(world, new_address);
  CHECK(failover::look_at_state(view, from, {new_address}, {}) == failover::ViewState::new_endpoints);
  world.record = at(world, "192.0.2.9");
  CHECK(failover::look_at_state(view, from, {new_address}, {}) == failover::ViewState::unknown);
  world.dns_fails = failover::Error{ErrorKind::timeout, "no answer"};
  CHECK(failover::look_at_state(view, from, {new_address}, {}) == failover::ViewState::unknown);
}

TEST_CASE("a view whose servers lag is mixed, and only one that all follow is new") {
  World world;
  auto view = view_of(world);
  Swapped swapped{world.record, world.record, true};
  failover::ViewOutcome outcome;
  CHECK(failover::await_followers(view, swapped, outcome, {}));
  CHECK(outcome.state == failover::ViewState::new_endpoints);
  world.verify_fails = failover::Error{ErrorKind::timeout, "ns1 lags"};
  CHECK_FALSE(failover::await_followers(view, swapped, outcome, {}));
  CHECK(outcome.state == failover::ViewState::mixed);
  CHECK(outcome.detail == "ns1 lags");
}

TEST_CASE("each view is a sentence about its callers") {
  failover::ViewOutcome inside{"", "inside", failover::ViewState::new_endpoints, true, "", std::nullopt};
  failover::ViewOutcome outside{"", "outside", failover::ViewState::old_endpoints, false, "no answer", std::nullopt};
  CHECK(failover::who_sees_what({inside, outside}) ==
        "callers of inside get the new address; callers of outside get the old address (no answer)");
}

TEST_CASE("a canary flies there and back with a mark of its own, and from nowhere else") {
  World world;
  world.record = {};
  auto view = view_of(world);
  REQUIRE(failover::fly_canary(view, std::chrono::seconds(60), {}));
  CHECK(world.record.addresses == std::vector{std::string(failover::canary_home)});
  CHECK(world.record.mark.value_or(failover::EpochMark{}).epoch == 2);
  world.record.addresses = {"198.51.100.7"};
  const auto refused = failover::fly_canary(view, std::chrono::seconds(60), {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::refused);
  CHECK(world.record.addresses == std::vector<std::string>{"198.51.100.7"});
}
