#include "dns/service_reading.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"
#include "support/catch.hpp"

using failover::DnsMessage;
using failover::DnsName;
using failover::DnsQuestion;
using failover::DnsRecord;
using failover::ErrorKind;
namespace dns_rcode = failover::dns_rcode;
namespace dns_type = failover::dns_type;

namespace {

const DnsName service = *DnsName::from_text("sip.pbx.example");
const DnsName epoch_record = *DnsName::from_text("_failover.sip.pbx.example");

DnsMessage authoritative(std::vector<DnsRecord> records, std::uint16_t rcode = dns_rcode::noerror) {
  DnsMessage message;
  message.response = true;
  message.authoritative = true;
  message.rcode = rcode;
  message.answers = std::move(records);
  return message;
}

/// A server with one answer per type.
failover::Result<failover::ServiceRecord> read(std::map<std::uint16_t, DnsMessage> answers) {
  const auto ask = [&](std::span<const DnsQuestion> questions,
                       const failover::Context&) -> failover::Result<std::vector<DnsMessage>> {
    std::vector<DnsMessage> given;
    for (const auto& question : questions) {
      CHECK(question.name == (question.type == dns_type::txt ? epoch_record : service));
      const auto found = answers.find(question.type);
      given.push_back(found == answers.end() ? authoritative({}) : found->second);
    }
    return given;
  };
  return failover::read_service(ask, {service, epoch_record}, {});
}

void check_error(std::map<std::uint16_t, DnsMessage> answers, ErrorKind kind, std::string_view why) {
  const auto result = read(std::move(answers));
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == kind);
  CHECK_THAT(result.error().message, Catch::Contains(std::string(why)));
}

}  // namespace

TEST_CASE("addresses of both families and the mark make one record") {
  const auto record = read(
      {{dns_type::a,
        authoritative({*address_record(service, "192.0.2.2", 60), *address_record(service, "192.0.2.1", 60)})},
       {dns_type::aaaa, authoritative({*address_record(service, "2001:db8::1", 90)})},
       {dns_type::txt, authoritative({*txt_record(epoch_record, "epoch=3 node=a time=2026-11-23T06:07:00Z", 5)})}});
  REQUIRE(record);
  CHECK(record->addresses == std::vector<std::string>{"192.0.2.1", "192.0.2.2", "2001:db8::1"});
  CHECK(record->ttl == std::chrono::seconds(90));  // the longest: until then a cache may keep one of them
  CHECK(record->mark.value_or(failover::EpochMark{}).epoch == 3);
}

TEST_CASE("NXDOMAIN and NODATA are an empty record, but only with authority") {
  const auto nodata = read({});
  REQUIRE(nodata);
  CHECK((nodata->addresses.empty() && !nodata->mark && nodata->ttl.count() == 0));
  CHECK(read({{dns_type::a, authoritative({}, dns_rcode::nxdomain)}}));
  auto lame = authoritative({}, dns_rcode::nxdomain);
  lame.authoritative = false;
  check_error({{dns_type::a, lame}}, ErrorKind::protocol, "not authoritative");
  auto referral = authoritative({});
  referral.authoritative = false;
  check_error({{dns_type::txt, referral}}, ErrorKind::protocol, "not authoritative");
}

TEST_CASE("a server that cannot say is an error, never an empty record (unknown-is-not-down)") {
  check_error({{dns_type::a, authoritative({}, dns_rcode::servfail)}}, ErrorKind::unreachable, "SERVFAIL");
  check_error({{dns_type::aaaa, authoritative({}, dns_rcode::refused)}}, ErrorKind::permission, "REFUSED");
  check_error({{dns_type::txt, authoritative({}, dns_rcode::formerr)}}, ErrorKind::protocol, "FORMERR");
}

TEST_CASE("an alias is what the name points at, records of other names are left out") {
  const DnsRecord alias{service, dns_type::cname, failover::dns_class::in, 60, DnsName::from_text("X.example")->wire()};
  const auto target = *address_record(*DnsName::from_text("x.example"), "192.0.2.1", 5);
  const auto record = read({{dns_type::a, authoritative({alias, target})}, {dns_type::aaaa, authoritative({alias})}});
  REQUIRE(record);
  CHECK(record->targets == std::vector<failover::ServiceTarget>{{"x.example", std::nullopt}});
  CHECK(record->addresses.empty());
  CHECK(record->ttl == std::chrono::seconds(60));
  CHECK(read({{dns_type::a, authoritative({alias}, dns_rcode::nxdomain)}, {dns_type::aaaa, authoritative({alias})}}));
  const auto other = read({{dns_type::a, authoritative({target})}});
  REQUIRE(other);
  CHECK(other->addresses.empty());
  // The mark must be a record of its own.
  const DnsRecord text_alias{epoch_record, dns_type::cname, failover::dns_class::in, 60, alias.rdata};
  check_error({{dns_type::txt, authoritative({text_alias})}}, ErrorKind::refused, "x.example");
}

TEST_CASE("an alias counts only with authority, and never beside addresses or another alias") {
  const DnsRecord alias{service, dns_type::cname, failover::dns_class::in, 60, DnsName::from_text("x.example")->wire()};
  DnsRecord another = alias;
  another.rdata = DnsName::from_text("y.example")->wire();
  auto lame = authoritative({alias});
  lame.authoritative = false;
  check_error({{dns_type::a, lame}}, ErrorKind::protocol, "not authoritative");
  check_error({{dns_type::a, authoritative({alias})}, {dns_type::aaaa, authoritative({another})}}, ErrorKind::protocol,
              "two names");
  check_error({{dns_type::a, authoritative({alias})},
               {dns_type::aaaa, authoritative({*address_record(service, "2001:db8::1", 60)})}},
              ErrorKind::protocol, "alias and has addresses");
}

TEST_CASE("a service with an underscore is found by its SRV records") {
  const auto owner = *DnsName::from_text("_sip._udp.pbx.example");
  const failover::ServiceNames names{owner, epoch_record, true, false};
  const auto questions = failover::service_questions(names);
  REQUIRE(questions.size() == 1);
  CHECK(questions.front().type == dns_type::srv);
  const auto host = *DnsName::from_text("A.pbx.example");
  const std::vector answers{authoritative({failover::srv_record(owner, {10, 60, 5060, host}, 30)})};
  const auto record = failover::service_in(answers, names);
  REQUIRE(record);
  CHECK(record->targets == std::vector<failover::ServiceTarget>{{"a.pbx.example", failover::SrvNumbers{10, 60, 5060}}});
  const DnsRecord torn{owner, dns_type::srv, failover::dns_class::in, 30, std::string("\0\12\0\74\23\304\300\14", 8)};
  CHECK_FALSE(failover::service_in(std::vector{authoritative({torn})}, names));
}

TEST_CASE("how long an absence is remembered comes from the zone's SOA (RFC 2308)") {
  const auto zone = *DnsName::from_text("pbx.example");
  std::string data = zone.wire() + zone.wire();
  for (const std::uint32_t number : {1U, 2U, 3U, 4U, 300U}) failover::append_u32(data, number);
  auto answer = authoritative({});
  answer.authorities.push_back({zone, dns_type::soa, failover::dns_class::in, 3600, data});
  CHECK(read({{dns_type::a, answer}})->negative_ttl == std::chrono::seconds(300));
  answer.authorities.front().ttl = 20;
  CHECK(read({{dns_type::a, answer}})->negative_ttl == std::chrono::seconds(20));
}

TEST_CASE("a text that is not one mark is an error") {
  const auto mark = *txt_record(epoch_record, "epoch=3 node=a time=2026-11-23T06:07:00Z", 5);
  check_error({{dns_type::txt, authoritative({*txt_record(epoch_record, "hello", 5)})}}, ErrorKind::protocol, "hello");
  check_error({{dns_type::txt, authoritative({mark, mark})}}, ErrorKind::protocol, "--epoch-record");
  auto two_strings = mark;
  two_strings.rdata += std::string("\1x", 2);
  check_error({{dns_type::txt, authoritative({two_strings})}}, ErrorKind::protocol, "--epoch-record");
}
