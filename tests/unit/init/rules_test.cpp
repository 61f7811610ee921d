#include "fo-promote/init/rules.hpp"

#include <string>

#include "fo-promote/init/answers.hpp"
#include "support/catch.hpp"

using namespace failover::promote_tool;

namespace {

Answers pair() {
  Answers answers;
  answers.set("service", {"pbx.example.com"});
  answers.set("node", {"pbx2"});
  answers.set("peer", {"pbx1"});
  answers.set("address", {"192.0.2.12", "2001:db8::12"});
  answers.set("peer-address", {"192.0.2.11"});
  answers.set("machine-id", {"22222222222222222222222222222222"});
  answers.set("services", {"sip", "tunnel"});
  return answers;
}

}  // namespace

TEST_CASE("what a service and a node are called") {
  for (const auto* good : {"pbx.example.com", "PBX-1.example", "_sip.a.b"}) CHECK(rules::service(good, pair()));
  for (const auto* bad : {"", "pbx", "a..b", ".a.b", "a/b.c", "a b.c", "192.0.2.1", "pbx.example.com\n"}) {
    CHECK(!rules::service(bad, pair()));
  }
  CHECK(rules::node("pbx-2.a", pair()));
  for (const auto* bad : {"", "a b", "a=b", "a:b", "a]"}) CHECK(!rules::node(bad, pair()));
  CHECK(rules::peer("pbx1", pair()));
  CHECK(!rules::peer("pbx2", pair()));
}

TEST_CASE("addresses of the other host are not ours, however they are written") {
  CHECK(rules::peer_address("192.0.2.11", pair()));
  CHECK(!rules::peer_address("192.0.2.12", pair()));
  CHECK(!rules::peer_address("2001:DB8:0::12", pair()));
  CHECK(!rules::peer_address("pbx1.example.com", pair()));
}

TEST_CASE("a machine id has 32 hexadecimal digits, and is not ours") {
  CHECK(rules::machine_id("0123456789abcdef0123456789abcdef", pair()));
  for (const auto* bad : {"", "0123", "0123456789ABCDEF0123456789ABCDEF", "22222222222222222222222222222222"}) {
    CHECK(!rules::machine_id(bad, pair()));
  }
}

TEST_CASE("how many must fail is no more than there are") {
  for (const auto* good : {"any", "all", "1", "2"}) CHECK(rules::fail_when(good, pair()));
  for (const auto* bad : {"", "0", "3", "-1", "most", "2x"}) CHECK(!rules::fail_when(bad, pair()));
}

TEST_CASE("times, ports and durations") {
  for (const auto* good : {"04:17", "00:00", "23:59"}) CHECK(rules::time_of_day(good, pair()));
  for (const auto* bad : {"", "4:17", "24:00", "04:60", "04:17-05:00", "noon!"})
    CHECK(!rules::time_of_day(bad, pair()));
  CHECK(rules::window("01:00-05:00", pair()));
  CHECK(!rules::window("01:00", pair()));
  for (const auto* good : {"1", "5060", "65535"}) CHECK(rules::port(good, pair()));
  for (const auto* bad : {"0", "65536", "http", ""}) CHECK(!rules::port(bad, pair()));
  CHECK(rules::duration("30s", pair()));
  for (const auto* bad : {"30", "0s", "soon"}) CHECK(!rules::duration(bad, pair()));
}

TEST_CASE("files are absolute, and a value is one line") {
  CHECK(rules::path("/etc/failover/x", pair()));
  CHECK(!rules::path("x", pair()));
  CHECK(!rules::path("/x\n[restore]", pair()));
  CHECK(!rules::text("a\nb", pair()));
  CHECK(!rules::text(" a", pair()));
  CHECK(rules::map("etc/asterisk=/etc/asterisk", pair()));
  CHECK(!rules::map("etc/asterisk", pair()));
  CHECK(!rules::map("a=b", pair()));
}

TEST_CASE("services, units, targets, fencers, notifiers") {
  CHECK(rules::services("tunnel", pair()));
  CHECK(!rules::services("smtp", pair()));
  CHECK(rules::unit("asterisk.service", pair()));
  for (const auto* bad : {"asterisk", "-a.service", "a*.service"}) CHECK(!rules::unit(bad, pair()));
  CHECK(rules::target("sip://192.0.2.11", pair()));
  CHECK(!rules::target("smtp://192.0.2.11", pair()));
  CHECK(rules::fence("operator", pair()));
  CHECK(rules::fence("pbx2=operator", pair()));
  CHECK(!rules::fence("pbx3=operator", pair()));
  CHECK(!rules::fence("telephone://x", pair()));
  CHECK(rules::notify("mail:a@example.com", pair()));
  CHECK(!rules::notify("pigeon:x", pair()));
}
