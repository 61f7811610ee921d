#include "dns/record_set.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/service_reading.hpp"
#include "net/dns_name.hpp"
#include "support/catch.hpp"

using failover::change_to;
using failover::DnsName;
using failover::EpochMark;
using failover::ErrorKind;
using failover::RecordSet;
using failover::service_in;
using failover::ServiceNames;
using failover::ServiceRecord;

namespace {

const EpochMark mark{3, "a", "2026-11-23T06:07:00Z"};

ServiceNames names() {
  return {*DnsName::from_text("sip.pbx.test"), *DnsName::from_text("_failover.sip.pbx.test")};
}

std::vector<RecordSet> zone() {
  return {{names().service, "A", 60, {"192.0.2.1"}},
          {names().service, "MX", 60, {"10 mail.pbx.test."}},
          {names().epoch_record, "TXT", 60, {R"("epoch=3 node=a time=2026-11-23T06:07:00Z")"}}};
}

}  // namespace

TEST_CASE("what record sets say of the service") {
  const auto service = service_in(zone(), names());
  REQUIRE(service);
  CHECK(service->addresses == std::vector<std::string>{"192.0.2.1"});
  CHECK(service->ttl.count() == 60);
  CHECK(service->mark == mark);
}

TEST_CASE("what is no plain service is an error") {
  const auto with = [](RecordSet set) {
    auto sets = zone();
    sets.push_back(std::move(set));
    return service_in(sets, names());
  };
  CHECK(with({names().service, "CNAME", 60, {"x."}}).error().kind == ErrorKind::refused);
  CHECK(with({names().service, "AAAA", 60, {"not one"}}).error().kind == ErrorKind::protocol);
  CHECK(with({names().epoch_record, "TXT", 60, {"\"second\""}}).error().kind == ErrorKind::protocol);
  CHECK(with({names().service, "AAAA", 60, std::vector<std::string>(70, "2001:db8::1")}).error().kind ==
        ErrorKind::protocol);
}

TEST_CASE("a change names exactly what was read, and leaves alone what stays") {
  const ServiceRecord to{{"192.0.2.1", "2001:db8::1"}, std::chrono::seconds(60), EpochMark{4, "b", mark.time}};
  const auto change = change_to(zone(), names(), to, std::chrono::seconds(60));
  REQUIRE(change);
  CHECK(change->remove == std::vector<RecordSet>{zone()[2]});
  REQUIRE(change->add.size() == 2);
  CHECK(change->add[0] == RecordSet{names().service, "AAAA", 60, {"2001:db8::1"}});
  CHECK(change->add[1].values == std::vector<std::string>{R"("epoch=4 node=b time=2026-11-23T06:07:00Z")"});
}

TEST_CASE("the same again is no change, another TTL is one") {
  const ServiceRecord same{{"192.0.2.1"}, std::chrono::seconds(0), mark};
  CHECK(change_to(zone(), names(), same, std::chrono::seconds(60))->empty());
  CHECK(change_to(zone(), names(), same, std::chrono::seconds(30))->add.size() == 2);
}

TEST_CASE("texts in quotes") {
  CHECK(failover::txt_content(R"("a \"b\" \\c")") == R"(a "b" \c)");
  CHECK(failover::txt_content("bare") == "bare");
  for (const auto* const bad : {R"("a" "b")", R"("a)", R"("a\)", R"("a\065b")", R"("a"b)"}) {
    CHECK_FALSE(failover::txt_content(bad));
  }
  CHECK(failover::txt_content(failover::quoted_txt(R"(x"y\z)")) == R"(x"y\z)");
}
