#include "probe/dns_answer.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/observer.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "support/catch.hpp"

using failover::DnsMessage;
using failover::DnsName;
using failover::DnsRecord;
using failover::Health;
using failover::judge_dns_answer;
namespace dns_type = failover::dns_type;

namespace {

DnsName name(std::string_view text) {
  return *DnsName::from_text(text);
}

DnsRecord address(std::string_view owner) {
  return {name(owner), dns_type::a, failover::dns_class::in, 60, std::string("\x7f\0\0\1", 4)};
}

DnsRecord alias(std::string_view owner, std::string_view target) {
  return {name(owner), dns_type::cname, failover::dns_class::in, 60, name(target).wire()};
}

auto judged(std::vector<DnsRecord> records, std::uint16_t type = dns_type::a) {
  DnsMessage answer;
  answer.answers = std::move(records);
  return judge_dns_answer(answer, {name("PBX.example"), type, failover::dns_class::in});
}

}  // namespace

TEST_CASE("dns is up when the answer holds a record of the type, at the name or behind its aliases") {
  CHECK(judged({address("pbx.example")}).health == Health::up);
  CHECK(judged({address("pbx.example"), address("pbx.example")}).detail == "NOERROR, 2 A records");
  CHECK(judged({alias("pbx.example", "b.example"), alias("b.example", "c.example"), address("c.example")}).health ==
        Health::up);
  CHECK(judged({address("c.example"), alias("b.example", "c.example"), alias("pbx.example", "b.example")}).health ==
        Health::up);
  CHECK(judged({alias("pbx.example", "b.example")}, dns_type::cname).health == Health::up);
}

TEST_CASE("dns is down when nothing in the answer is what was asked for") {
  CHECK(judged({}).health == Health::down);
  CHECK(judged({address("other.example")}).health == Health::down);
  CHECK(judged({address("pbx.example")}, dns_type::aaaa).health == Health::down);
  CHECK(judged({alias("pbx.example", "b.example")}).health == Health::down);
  CHECK(judged({alias("pbx.example", "b.example"), alias("b.example", "pbx.example")}).health == Health::down);
  CHECK(judged({alias("pbx.example", "b.example"), address("c.example")}).health == Health::down);
}

TEST_CASE("dns is down for every code but NOERROR, whatever comes with it") {
  for (std::uint16_t code = 1; code < 16; ++code) {
    DnsMessage answer;
    answer.rcode = code;
    answer.answers = {address("pbx.example")};
    const auto finding = judge_dns_answer(answer, {name("pbx.example"), dns_type::a, failover::dns_class::in});
    INFO(code);
    CHECK(finding.health == Health::down);
    CHECK(finding.detail == failover::rcode_text(code));
  }
}
