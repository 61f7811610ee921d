#include "net/dns_message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"
#include "support/catch.hpp"

using failover::DnsMessage;
using failover::DnsName;
using failover::DnsRecord;
using failover::parse_dns_message;
namespace dns_type = failover::dns_type;
namespace dns_class = failover::dns_class;

namespace {

/// A response header with these section counts.
std::string header(unsigned questions, unsigned answers, unsigned additionals = 0) {
  std::string wire("\x12\x34\x84\x00", 4);
  for (const unsigned count : {questions, answers, 0U, additionals})
    failover::append_u16(wire, static_cast<std::uint16_t>(count));
  return wire;
}

std::string bytes(std::string_view text) {
  return std::string(text);
}

/// Type, class IN, TTL 60 and data of a record whose name has been written.
std::string tail(std::uint16_t type, std::string_view data, std::uint16_t rr_class = dns_class::in) {
  std::string wire;
  failover::append_u16(wire, type);
  failover::append_u16(wire, rr_class);
  failover::append_u32(wire, rr_class == dns_class::any ? 0 : 60);
  failover::append_u16(wire, static_cast<std::uint16_t>(data.size()));
  return wire + std::string(data);
}

void check_refused(const std::string& wire, std::string_view why) {
  const auto parsed = parse_dns_message(wire);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind == failover::ErrorKind::protocol);
  CHECK_THAT(parsed.error().message, Catch::Contains(std::string(why)));
}

}  // namespace

TEST_CASE("a message that was built reads the same") {
  const auto name = *DnsName::from_text("sip.pbx.example");
  DnsMessage message;
  message.id = 0xbeef;
  message.opcode = failover::dns_opcode::update;
  message.response = true;
  message.authoritative = true;
  message.rcode = failover::dns_rcode::nxrrset;
  message.questions.push_back({name, dns_type::soa, dns_class::in});
  message.answers.push_back(*failover::address_record(name, "192.0.2.1", 60));
  message.answers.push_back({name, dns_type::a, dns_class::none, 0, {}});
  message.authorities.push_back(*failover::address_record(name, "2001:db8::1", 60));
  message.additionals.push_back(*failover::txt_record(name, "epoch=1", 4000000000U));
  const auto wire = failover::build_dns_message(message);
  REQUIRE(wire);
  CHECK(*parse_dns_message(*wire) == message);
}

TEST_CASE("a message cut anywhere is refused") {
  auto wire = header(1, 1) + bytes(std::string_view("\3pbx\0", 5)) + bytes(std::string_view("\0\1\0\1", 4)) +
              "\xc0\x0c" + tail(dns_type::a, "\1\2\3\4");
  REQUIRE(parse_dns_message(wire));
  for (std::size_t length = 0; length < wire.size(); ++length) CHECK_FALSE(parse_dns_message(wire.substr(0, length)));
  check_refused(wire + "x", "bytes follow");
}

TEST_CASE("compressed names expand, in owner and data") {
  // 12: "pbx" "example" root, 25: question's type and class, 29: "sip" -> 12
  const auto question = bytes(std::string_view("\3pbx\7example\0", 13)) + bytes(std::string_view("\0\2\0\1", 4));
  const auto wire = header(1, 1) + question + bytes("\3sip\xc0\x0c") + tail(dns_type::ns, "\2ns\xc0\x0c");
  const auto message = parse_dns_message(wire);
  REQUIRE(message);
  CHECK(message->answers.at(0).name.to_text() == "sip.pbx.example");
  CHECK(failover::name_in(message->answers.at(0))->to_text() == "ns.pbx.example");
}

TEST_CASE("no name points into the header, whose counts change with a signature") {
  check_refused(header(0, 1) + "\xc0\x0b" + tail(dns_type::a, "\1\2\3\4"), "into the header");
}

TEST_CASE("no name is taken from a record of a class without one") {
  DnsRecord record{*DnsName::from_text("a"), dns_type::cname, dns_class::in, 60, "\4ho\xc0\x10st"};
  record.rr_class = 0x15cf;
  CHECK_FALSE(failover::name_in(record));
}

TEST_CASE("no chain of pointers loops or runs away") {
  check_refused(header(0, 1) + "\xc0\x0c" + tail(dns_type::a, "\1\2\3\4"), "circle");               // to itself
  check_refused(header(0, 1) + "\xc0\x0e" + "\xc0\x0c" + tail(dns_type::a, "\1\2\3\4"), "circle");  // forward, and back
  check_refused(header(0, 1) + "\1a\xc0\x0c" + tail(dns_type::a, "\1\2\3\4"), "circle");  // round through a label
  check_refused(header(0, 1) + "\x40" + tail(dns_type::a, "\1\2\3\4"), "reserved type");
  check_refused(header(0, 1) + "\x80", "reserved type");
  check_refused(header(0, 1) + "\xc0", "ends within a name");

  // A long way of pointers, each to the one before it, hidden in a record's data.
  std::string chain("\0", 1);
  std::size_t place = 12 + 1 + 10;
  for (int i = 0; i < 200; ++i) {
    const std::size_t target = place + (i == 0 ? 0 : 1 + 2 * (static_cast<std::size_t>(i) - 1));
    failover::append_u16(chain, static_cast<std::uint16_t>(0xc000U | target));
  }
  std::string wire = header(0, 2) + bytes(std::string_view("\0", 1)) + tail(65280, chain);
  const std::size_t last = wire.size() - 2;
  failover::append_u16(wire, static_cast<std::uint16_t>(0xc000U | last));
  check_refused(wire + tail(dns_type::a, "\1\2\3\4"), "circle");
}

TEST_CASE("a name longer than 255 octets is refused even if its parts are short") {
  std::string labels;
  for (int i = 0; i < 4; ++i) labels += bytes("\x3f") + std::string(63, 'a');
  check_refused(header(0, 1) + labels + bytes(std::string_view("\0", 1)) + tail(dns_type::a, "\1\2\3\4"),
                "longer than 255");
}

TEST_CASE("data must fit its type and its length") {
  const std::string root(1, '\0');
  check_refused(header(0, 1) + root + tail(dns_type::a, "\1\2\3"), "4 octets");
  check_refused(header(0, 1) + root + tail(dns_type::aaaa, "\1\2\3\4"), "16 octets");
  check_refused(header(0, 1) + root + tail(dns_type::txt, "\5abc"), "do not fill it");
  check_refused(header(0, 1) + root + tail(dns_type::ns, std::string_view("\1a\0x", 4)), "does not have the length");
  CHECK(parse_dns_message(header(0, 1) + root + tail(dns_type::a, "", dns_class::any)));
}

TEST_CASE("a TSIG must be the last record, alone, of class ANY, in the additional section") {
  const std::string root(1, '\0');
  const auto tsig = root + tail(dns_type::tsig, std::string_view("\0x", 2), dns_class::any);  // its algorithm is a name
  const auto other = root + tail(dns_type::a, "\1\2\3\4");
  const auto good = parse_dns_message(header(0, 0, 2) + other + tsig);
  REQUIRE(good);
  CHECK(good->tsig_offset == 12 + other.size());
  check_refused(header(0, 0, 2) + tsig + other, "not the last");
  check_refused(header(0, 0, 2) + tsig + tsig, "not the last");
  check_refused(header(0, 1) + tsig, "not in the additional");
  check_refused(header(0, 0, 1) + root + tail(dns_type::tsig, "x"), "class or TTL");
}

TEST_CASE("counts that promise more than there is are refused without allocating for them") {
  check_refused(header(65535, 65535, 65535), "ends within");
}
