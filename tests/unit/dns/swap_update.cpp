#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/rfc2136_update.hpp"
#include "dns/service_reading.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "support/catch.hpp"

using failover::DnsName;
using failover::ErrorKind;
using failover::ServiceNames;
using failover::ServiceRecord;
using failover::SrvNumbers;
namespace dns_class = failover::dns_class;
namespace dns_type = failover::dns_type;

namespace {

const DnsName zone = *DnsName::from_text("pbx.example");
const ServiceNames names{*DnsName::from_text("sip.pbx.example"), *DnsName::from_text("_failover.sip.pbx.example")};

ServiceRecord addresses(std::vector<std::string> list) {
  return {std::move(list), std::chrono::seconds(60), std::nullopt};
}

ServiceRecord pointing(const std::string& host, std::optional<SrvNumbers> srv = std::nullopt) {
  ServiceRecord record;
  record.targets = {{host, srv}};
  return record;
}

/// The prerequisites of a type: how many name a value, how many say that there is none.
std::pair<int, int> demands(const failover::DnsMessage& update, std::uint16_t type) {
  std::pair<int, int> count;
  for (const auto& record : update.answers) {
    if (record.type != type) continue;
    ++(record.rr_class == dns_class::in ? count.first : count.second);
  }
  return count;
}

failover::Result<failover::DnsMessage> swap(const ServiceNames& of, const ServiceRecord& from,
                                            const ServiceRecord& to) {
  return failover::swap_update(zone, of, from, to, std::chrono::seconds(60));
}

}  // namespace

TEST_CASE("an update demands every part of what was read") {
  const auto update = swap(names, addresses({"192.0.2.1", "192.0.2.3"}), addresses({"2001:db8::2"}));
  REQUIRE(update);
  CHECK(demands(*update, dns_type::a) == std::pair(2, 0));
  CHECK(demands(*update, dns_type::aaaa) == std::pair(0, 1));
  CHECK(demands(*update, dns_type::txt) == std::pair(0, 1));
  CHECK(demands(*update, dns_type::cname) == std::pair(0, 2));
}

TEST_CASE("an alias is swapped for an alias, demanding the old one") {
  const auto update = swap(names, pointing("a.example"), pointing("b.example"));
  REQUIRE(update);
  CHECK(demands(*update, dns_type::cname) == std::pair(1, 1));  // the service's value; the mark's name is none
  CHECK(update->authorities.back().type == dns_type::cname);
  CHECK(update->authorities.back().rdata == DnsName::from_text("b.example")->wire());
}

TEST_CASE("SRV records are swapped as a set") {
  ServiceNames srv{*DnsName::from_text("_sip._udp.pbx.example"), names.epoch_record};
  const auto update =
      swap(srv, pointing("a.example", SrvNumbers{10, 60, 5060}), pointing("b.example", SrvNumbers{10, 60, 5060}));
  REQUIRE(update);
  CHECK(demands(*update, dns_type::srv) == std::pair(1, 0));
  CHECK(demands(*update, dns_type::a) == std::pair(0, 0));
}

TEST_CASE("a name is not made into something else") {
  const auto refused = [](const ServiceRecord& from, const ServiceRecord& to) {
    const auto update = swap(names, from, to);
    return !update && update.error().kind == ErrorKind::refused;
  };
  CHECK(refused(pointing("a.example"), addresses({"192.0.2.2"})));
  CHECK(refused(addresses({"192.0.2.1"}), pointing("a.example")));
  CHECK(refused(pointing("a.example"), pointing("b.example", SrvNumbers{})));
  CHECK(refused(pointing("a.example"), ServiceRecord{}));
  CHECK(refused(ServiceRecord{}, pointing("a.example")));
  auto both = addresses({"192.0.2.2"});
  both.targets = {{"a.example", std::nullopt}};
  CHECK(refused(addresses({"192.0.2.1"}), both));
}

TEST_CASE("where the mark lives apart, each zone's update is about its own name only") {
  auto record = addresses({"192.0.2.1"});
  record.mark = failover::EpochMark{3, "a", "2026-11-23T06:07:00Z"};
  auto later = addresses({"192.0.2.2"});
  later.mark = failover::EpochMark{4, "b", "2026-11-23T06:07:00Z"};
  auto without_mark = names;
  without_mark.has_mark = false;
  auto mark_only = names;
  mark_only.has_service = false;
  const auto name_update = swap(without_mark, record, later);
  const auto mark_update = swap(mark_only, record, later);
  REQUIRE((name_update && mark_update));
  CHECK(demands(*name_update, dns_type::txt) == std::pair(0, 0));
  CHECK(demands(*mark_update, dns_type::txt) == std::pair(1, 0));
  CHECK(demands(*mark_update, dns_type::a) == std::pair(0, 0));
  for (const auto& each : name_update->authorities) CHECK(each.type != dns_type::txt);
  for (const auto& each : mark_update->authorities) CHECK(each.type == dns_type::txt);
}
