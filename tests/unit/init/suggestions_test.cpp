#include "fo-promote/init/suggestions.hpp"

#include <string>
#include <vector>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/host_facts.hpp"
#include "support/catch.hpp"
#include "unit/init/fakes.hpp"

using namespace failover::promote_tool;

namespace {

using Values = std::vector<std::string>;

Answers standby() {
  Answers answers;
  answers.set("service", {"pbx.example.com"});
  answers.set("role", {"standby"});
  answers.set("address", {"192.0.2.12"});
  answers.set("peer-address", {"192.0.2.11"});
  answers.set("pbx", {"3cx"});
  return answers;
}

}  // namespace

TEST_CASE("names of a pair") {
  CHECK(suggest::counterpart_name("pbx2") == "pbx1");
  CHECK(suggest::counterpart_name("pbx1") == "pbx2");
  CHECK(suggest::counterpart_name("standby") == "active");
  CHECK(suggest::counterpart_name("pbx-a") == "pbx-b");
  CHECK(suggest::counterpart_name("apollo").empty());
}

TEST_CASE("the other host is where the name points, unless that is here") {
  FakeSurroundings around;
  around.names["pbx.example.com"] = {"192.0.2.11"};
  CHECK(suggest::peer_address(standby(), around) == Values{"192.0.2.11"});
  around.names["pbx.example.com"] = {"192.0.2.12"};
  CHECK(suggest::peer_address(standby(), around).empty());
  auto active = standby();
  active.set("role", {"active"});
  around.names["pbx.example.com"] = {"192.0.2.11"};
  CHECK(suggest::peer_address(active, around).empty());
}

TEST_CASE("what answers is watched, else what is usual") {
  FakeSurroundings around;
  CHECK(suggest::services(standby(), around) == Values{"sip", "web", "tunnel"});
  around.up = {"sip://192.0.2.11", "https://192.0.2.11/?name=pbx.example.com"};
  CHECK(suggest::services(standby(), around) == Values{"sip", "web"});
  CHECK(suggest::web_port(standby(), around) == Values{"443"});
  around.up = {"https://192.0.2.11:5001/?name=pbx.example.com"};
  CHECK(suggest::web_port(standby(), around) == Values{"5001"});
  auto active = standby();
  active.set("role", {"active"});
  around.up = {"sip://192.0.2.12"};
  CHECK(suggest::services(active, around) == Values{"sip"});
}

TEST_CASE("references are what answers beyond the two hosts") {
  FakeSurroundings around;
  auto answers = standby();
  answers.set("dns",
              {"rfc2136://192.0.2.11/example.com?key-file=/k", "rfc2136://198.51.100.5:5300/example.com?key-file=/k"});
  answers.set("source", {"sftp://u@198.51.100.7:2022/b/*.zip"});
  around.up = {"icmp://192.0.2.1", "tcp://192.0.2.53:53", "tcp://198.51.100.5:53", "tcp://192.0.2.11:53"};
  CHECK(suggest::reference(answers, around) ==
        Values{"icmp://192.0.2.1", "tcp://192.0.2.53:53", "tcp://198.51.100.5:53"});
}

TEST_CASE("units are proposed where systemd has them") {
  FakeSurroundings around;
  auto answers = standby();
  answers.set("pbx", {"asterisk"});
  CHECK(suggest::unit(answers, around).empty());
  around.units = {"asterisk.service"};
  CHECK(suggest::unit(answers, around) == Values{"asterisk.service"});
}

TEST_CASE("the PBX is what is installed; FreePBX has an Asterisk, too") {
  FakeSurroundings around;
  CHECK(suggest::pbx({}, around) == Values{"other"});
  around.files = {"/usr/sbin/asterisk"};
  CHECK(suggest::pbx({}, around) == Values{"asterisk"});
  around.files = {"/usr/sbin/asterisk", "/usr/sbin/fwconsole"};
  CHECK(suggest::pbx({}, around) == Values{"freepbx"});
  around.files = {"/usr/sbin/3CXStartServices"};
  CHECK(suggest::pbx({}, around) == Values{"3cx"});
}

TEST_CASE("names of 3CX move by themselves") {
  FakeSurroundings around;
  Answers answers;
  answers.set("service", {"office.3cx.eu"});
  CHECK(suggest::dns(answers, around) == Values{"observe://"});
  answers.set("service", {"pbx.example.com"});
  CHECK(suggest::dns(answers, around).empty());
}

TEST_CASE("resolvers of this host's own are none") {
  CHECK(resolvers_in(
            "# x\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nnameserver 192.0.2.53\nsearch a\nnameserver ::1\n"
            "nameserver 2001:db8::53\n") == Values{"192.0.2.53", "2001:db8::53"});
}
