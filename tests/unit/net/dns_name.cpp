#include "net/dns_name.hpp"

#include <string>
#include <string_view>

#include "support/catch.hpp"

using failover::DnsName;

namespace {

DnsName name(std::string_view text) {
  const auto parsed = DnsName::from_text(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("a domain name has one wire form, with or without its final dot") {
  CHECK(name("pbx.example").wire() == std::string("\3pbx\7example\0", 13));
  CHECK(name("pbx.example.") == name("pbx.example"));
  CHECK(name("PBX.Example") == name("pbx.eXample"));
  CHECK(name("PBX.Example").canonical_wire() == name("pbx.example").wire());
  CHECK(name("PBX.Example").to_text() == "PBX.Example");
  CHECK(name(".").to_text() == ".");
  CHECK_FALSE(name("pbx.example") == name("pbx.examplf"));
}

TEST_CASE("escapes in a domain name stand for one octet") {
  CHECK(name("a\\.b.c").wire() == std::string("\3a.b\1c\0", 7));
  CHECK(name("a\\032b").wire() == std::string("\3a b\0", 5));
  CHECK(name("a\\.b\\255.c").to_text() == "a\\.b\\255.c");
  for (const auto* bad : {"a\\", "a\\2", "a\\25", "a\\256", "a\\12x"}) CHECK_FALSE(DnsName::from_text(bad));
}

TEST_CASE("what is no domain name is refused") {
  for (const auto* bad : {"", "..", "a..b", ".a", "a b", "pb\xc3\xa4x.example", "a\tb"}) {
    INFO(bad);
    CHECK_FALSE(DnsName::from_text(bad));
  }
  CHECK(DnsName::from_text(std::string(63, 'a')));
  CHECK_FALSE(DnsName::from_text(std::string(64, 'a')));
  const std::string label = std::string(63, 'a') + ".";
  CHECK(DnsName::from_text(label + label + label + std::string(61, 'a')));
  CHECK_FALSE(DnsName::from_text(label + label + label + std::string(62, 'a')));
}

TEST_CASE("a name is within a zone by whole labels") {
  CHECK(name("sip.pbx.example").is_within(name("PBX.example")));
  CHECK(name("pbx.example").is_within(name("pbx.example")));
  CHECK(name("pbx.example").is_within(name(".")));
  CHECK_FALSE(name("xpbx.example").is_within(name("pbx.example")));
  CHECK_FALSE(name("example").is_within(name("pbx.example")));
  // The octets of the zone's name inside a label are not the zone.
  CHECK_FALSE(name("a\\003pbx\\007example").is_within(name("pbx.example")));
}
