#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::ErrorKind;
using failover::ServiceRecord;
using failover::ServiceTarget;
using failover::SrvNumbers;

namespace {

ServiceRecord addresses(std::vector<std::string> list) {
  return {std::move(list), std::chrono::seconds(60), std::nullopt};
}

ServiceRecord pointing(std::vector<ServiceTarget> targets) {
  ServiceRecord record;
  record.ttl = std::chrono::seconds(60);
  record.targets = std::move(targets);
  return record;
}

const std::vector<std::string> a{"a.example"};
const std::vector<std::string> b{"b.example"};

}  // namespace

TEST_CASE("endpoints are addresses or host names, never both, and a misspelt address is no host") {
  CHECK(*failover::canonical_endpoints({"2001:DB8::1", "192.0.2.1"}) ==
        std::vector<std::string>{"192.0.2.1", "2001:db8::1"});
  CHECK(*failover::canonical_endpoints({"B.example.", "a.example"}) ==
        std::vector<std::string>{"a.example", "b.example"});
  for (const auto& wrong : std::vector<std::vector<std::string>>{
           {"a.example", "192.0.2.1"}, {"192.0.2"}, {"192.0.2.256"}, {"2001:db8:::1"}, {"7"}, {""}, {"a..example"}}) {
    CAPTURE(wrong);
    const auto result = failover::canonical_endpoints(wrong);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::usage);
  }
}

TEST_CASE("an alias is moved to one host, SRV records keep their numbers and their neighbours") {
  CHECK(failover::moved(addresses({"192.0.2.1"}), {"192.0.2.1"}, {"192.0.2.2"})->addresses ==
        std::vector<std::string>{"192.0.2.2"});
  CHECK(failover::moved(pointing({{"a.example", std::nullopt}}), a, b)->targets ==
        std::vector<ServiceTarget>{{"b.example", std::nullopt}});
  const auto moved = failover::moved(
      pointing({{"a.example", SrvNumbers{10, 60, 5060}}, {"z.example", SrvNumbers{20, 0, 5070}}}), a, b);
  REQUIRE(moved);
  CHECK(moved->targets ==
        std::vector<ServiceTarget>{{"b.example", SrvNumbers{10, 60, 5060}}, {"z.example", SrvNumbers{20, 0, 5070}}});
}

TEST_CASE("what cannot be moved is refused by name") {
  const auto refused = [](const ServiceRecord& record, const std::vector<std::string>& from,
                          const std::vector<std::string>& to, const std::string& why) {
    const auto result = failover::moved(record, from, to);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::refused);
    CHECK_THAT(result.error().message, Catch::Contains(why));
  };
  refused(pointing({{"a.example", std::nullopt}}), {"192.0.2.1"}, {"192.0.2.2"}, "alias (CNAME) at a.example");
  refused(pointing({{"a.example", SrvNumbers{}}}), a, {"b.example", "c.example"}, "SRV");
  refused(pointing({{"a.example", SrvNumbers{}}, {"b.example", SrvNumbers{}}}), a, b, "name both");
  CHECK_FALSE(failover::moved(addresses({"192.0.2.1"}), {"192.0.2.1"}, b));
}

TEST_CASE("caches expire by the old TTL, and by the zone's negative TTL where something was absent") {
  const failover::WallTime now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
  auto old = addresses({"192.0.2.1"});
  old.ttl = std::chrono::seconds(300);
  old.negative_ttl = std::chrono::seconds(900);
  const auto at = [&](const ServiceRecord& before, const ServiceRecord& after) {
    const auto until = failover::caches_expire(before, after, now);
    return until ? std::chrono::duration_cast<std::chrono::seconds>(*until - now).count() : 0;
  };
  CHECK(at(old, addresses({"192.0.2.2"})) == 300);
  CHECK(at(old, addresses({"192.0.2.2", "2001:db8::2"})) == 900);
  old.negative_ttl = std::chrono::seconds(30);
  CHECK(at(old, addresses({"2001:db8::2"})) == 300);
  auto none = addresses({});
  none.ttl = std::chrono::seconds(0);
  none.negative_ttl = std::chrono::seconds(60);
  CHECK(at(none, addresses({"192.0.2.2"})) == 60);
  none.negative_ttl = std::chrono::seconds(0);
  CHECK(at(none, addresses({"192.0.2.2"})) == 0);
  CHECK(at(old, old) == 0);
  auto alias = pointing({{"a.example", std::nullopt}});
  CHECK(at(alias, pointing({{"b.example", std::nullopt}})) == 60);
}

TEST_CASE("records of different hosts or numbers say different things") {
  const auto one = pointing({{"a.example", SrvNumbers{10, 60, 5060}}});
  auto other = one;
  CHECK(failover::same_content(one, other));
  other.targets.front().srv->weight = 61;
  CHECK_FALSE(failover::same_content(one, other));
}

TEST_CASE("a server of one zone only is asked for its part of what is wanted") {
  failover::ServerAnswer answer{"ns1", addresses({"192.0.2.2"}), true, false};
  auto wanted = addresses({"192.0.2.2"});
  wanted.mark = failover::EpochMark{3, "b", "2026-11-23T06:07:00Z"};
  CHECK(failover::agrees(answer, wanted));
  answer.has_mark = true;
  CHECK_FALSE(failover::agrees(answer, wanted));
  answer.record = failover::fail(ErrorKind::timeout, "no answer");
  answer.has_mark = false;
  CHECK_FALSE(failover::agrees(answer, wanted));
}
