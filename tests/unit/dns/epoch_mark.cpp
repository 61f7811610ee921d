#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::EpochMark;
using failover::parse_epoch_mark;
using failover::ServiceRecord;

TEST_CASE("an epoch mark is read back as it was written") {
  for (const std::uint64_t epoch : {std::uint64_t{0}, std::uint64_t{1}, std::numeric_limits<std::uint64_t>::max()}) {
    const EpochMark mark{epoch, "node-b.pbx_2", "2026-11-23T06:07:00Z"};
    const auto again = parse_epoch_mark(failover::to_txt(mark));
    REQUIRE(again);
    CHECK(*again == mark);
  }
  CHECK(failover::to_txt({7, "a", "2026-11-23T06:07:00Z"}) == "epoch=7 node=a time=2026-11-23T06:07:00Z");
}

TEST_CASE("what is not exactly an epoch mark is none") {
  CHECK(parse_epoch_mark("epoch=7 node=a time=2026-11-23T06:07:00Z"));
  for (const auto* text : {"",
                           "v=spf1 -all",
                           "epoch=7",
                           "epoch=7 node=a",
                           "epoch=7 node=a ",
                           "node=a epoch=7 time=2026-11-23T06:07:00Z",
                           "epoch=07 node=a time=2026-11-23T06:07:00Z",
                           "epoch=+7 node=a time=2026-11-23T06:07:00Z",
                           "epoch=-7 node=a time=2026-11-23T06:07:00Z",
                           "epoch=7x node=a time=2026-11-23T06:07:00Z",
                           "epoch= node=a time=2026-11-23T06:07:00Z",
                           "epoch=18446744073709551616 node=a time=2026-11-23T06:07:00Z",
                           "epoch=7 node= time=2026-11-23T06:07:00Z",
                           "epoch=7  node=a time=2026-11-23T06:07:00Z",
                           "epoch=7 node=a b time=2026-11-23T06:07:00Z",
                           "epoch=7 node=a time=2026-11-23",
                           "epoch=7 node=a time=",
                           "epoch=7 node=a time=2026-11-23T06:07:00Z ",
                           "epoch=7 node=a time=2026-11-23T06:07:00Z x",
                           "epoch=7 node=a time=2026-11-23T06:07:00Z x=",
                           "epoch=7 node=a time=2026-11-23T06:07:00Z =1",
                           "epoch=7 node=a time=2026-11-23T06:07:00Z  x=1",
                           "epoch=7 node=a time=2026-11-23T06:07:00Z x=1 ",
                           "epoch=7 node=a time=2026-11-23T06:07:00Z x=1  y=2",
                           "epoch=7 node=a time=2026-11-23T06:07:00Z x=\x7f",
                           "epoch=7 node=a",
                           " epoch=7 node=a time=2026-11-23T06:07:00Z",
                           "Epoch=7 node=a time=2026-11-23T06:07:00Z",
                           "epoch=7 node=\x01 time=2026-11-23T06:07:00Z"}) {
    INFO(text);
    const auto mark = parse_epoch_mark(text);
    REQUIRE_FALSE(mark);
    CHECK(mark.error().kind == failover::ErrorKind::protocol);
  }
}

TEST_CASE("what an arbiter keeps behind a mark is carried along as it is") {
  const std::string text = "epoch=7 node=b time=2026-11-23T06:07:00Z claim=x1 maybe=a,b active=a@6";
  const auto mark = parse_epoch_mark(text);
  REQUIRE(mark);
  CHECK(*mark == EpochMark{7, "b", "2026-11-23T06:07:00Z", "claim=x1 maybe=a,b active=a@6"});
  CHECK(failover::to_txt(*mark) == text);
  CHECK_FALSE(*mark == EpochMark{7, "b", "2026-11-23T06:07:00Z"});
}

TEST_CASE("two records say the same whatever their TTLs and their order") {
  using std::chrono::seconds;
  const EpochMark mark{7, "a", "2026-11-23T06:07:00Z"};
  const ServiceRecord record{{"192.0.2.1", "2001:db8::1"}, seconds(60), mark};
  CHECK(same_content(record, {{"2001:db8::1", "192.0.2.1"}, seconds(5), mark}));
  CHECK_FALSE(same_content(record, {{"192.0.2.1"}, seconds(60), mark}));
  CHECK_FALSE(same_content(record, {{"192.0.2.1", "192.0.2.1"}, seconds(60), mark}));
  CHECK_FALSE(same_content(record, {{"192.0.2.1", "2001:db8::1"}, seconds(60), {}}));
  CHECK_FALSE(same_content(record, {{"192.0.2.1", "2001:db8::1"}, seconds(60), EpochMark{8, "a", mark.time}}));
}

TEST_CASE("addresses have one spelling and one order") {
  const auto canonical =
      failover::canonical_addresses({"2001:DB8:0::1", "192.0.2.10", "192.0.2.9", "192.0.2.10", "::1"});
  REQUIRE(canonical);
  CHECK(*canonical == std::vector<std::string>{"192.0.2.9", "192.0.2.10", "::1", "2001:db8::1"});
  for (const auto* bad : {"", "192.0.2", "192.0.2.1/24", "pbx.example", "fe80::1%eth0", "[::1]"}) {
    INFO(bad);
    CHECK_FALSE(failover::canonical_addresses({bad}));
  }
}
