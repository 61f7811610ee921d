#include "inspect/inspector.hpp"

#include <chrono>
#include <string>

#include "support/catch.hpp"
#include "unit/inspect/inspect_text.hpp"

using namespace failover;
using test::give;

namespace {

WallTime at(long seconds) {
  return WallTime(std::chrono::seconds(seconds));
}

BackupContents inspected(std::string_view path, std::string_view text) {
  Inspector inspector;
  REQUIRE(give(inspector, path, text));
  return inspector.contents();
}

}  // namespace

TEST_CASE("nothing is known of nothing") {
  const auto contents = Inspector().contents();
  CHECK(contents.kind == "other");
  CHECK_FALSE(contents.made);
}

TEST_CASE("a backup was made when its newest file was") {
  Inspector inspector;
  CHECK_FALSE(inspector.begin_entry("a", at(-100)));
  CHECK(inspector.contents().made == at(-100));
  CHECK_FALSE(inspector.begin_entry("b", at(500)));
  CHECK_FALSE(inspector.begin_entry("c", at(200)));
  CHECK(inspector.contents().made == at(500));
}

TEST_CASE("PJSIP endpoints are extensions, those that a registration or an address names are trunks") {
  const auto contents =
      inspected("etc/asterisk/pjsip.conf",
                "[global]\ntype=global\n"
                "[phone](!)\ntype = endpoint ; of all phones\n"
                "[100](phone)\n[101](phone)\ncontext=x\n;[102](phone)\n"
                ";-- [103](phone)\n[104](phone)\n--;\n"
                "[100]\ntype=auth\n[100](+)\nallow=!all\n"
                "[carrier]\ntype=endpoint\n"
                "[reg]\ntype=registration\nendpoint=carrier\nserver_uri=sip:user@[2001:db8::1]:5070;x=1\n"
                "[direct]\ntype=endpoint\n[direct]\ntype=identify\nendpoint=direct\nmatch=192.0.2.1\n");
  CHECK(contents.kind == "Asterisk");
  CHECK(contents.extensions == 2);
  CHECK(contents.trunks == 2);
  CHECK_FALSE(contents.queues);
  CHECK_FALSE(contents.version);
  REQUIRE(contents.gateways->size() == 1);
  CHECK(contents.gateways->front().host == "2001:db8::1");
  CHECK(contents.gateways->front().port == 5070);
}

TEST_CASE("SIP peers with an address of their own are trunks") {
  const auto contents = inspected("srv/etc/asterisk/sip.conf",
                                  "[general]\nport=5060\n[authentication]\n[100]\ntype=friend\nhost=dynamic\n"
                                  "[out]\ntype=peer\nhost=gw.example\nport=5062\n");
  CHECK(contents.extensions == 1);
  CHECK(contents.trunks == 1);
  CHECK(contents.gateways->front().port == 5062);
}

TEST_CASE("queues are the sections but general") {
  CHECK(inspected("etc/asterisk/queues.conf", "[general]\n[sales]\n[support](x)\n[tpl](!)\n").queues == 2);
}

TEST_CASE("templates that go round in circles end") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "[t](!,t,t,t,t)\n";
  text += "[a](t)\n";
  CHECK(inspected("etc/asterisk/pjsip.conf", text).extensions == 0);
}

TEST_CASE("a FreePBX backup tells its date and its framework's version") {
  const auto contents = inspected(
      "metadata.json",
      R"({"modules":[{"module":"core","version":"16.0.68"},{"module":"framework","version":"16.0.40.7"}],"date":1700000000})");
  CHECK(contents.kind == "FreePBX");
  CHECK(contents.version == "16.0.40.7");
  CHECK(contents.made == at(1700000000));
  CHECK_FALSE(contents.extensions);
  // Not the first second that the clock's type cannot hold, nor the year 9999: then the newest file counts.
  const std::string undated = R"({"modules":[{"module":"framework"}],"date":)";
  for (const auto* date : {"9223372037", "18446744075", "253402300799", "-1", "0"}) {
    CHECK(inspected("metadata.json", undated + date + "}").made == inspected("metadata.json", undated + "null}").made);
  }
  CHECK(inspected("x/manifest", "a:3:{s:5:\"ctime\";i:1500000000;s:21:\"pbx_framework_version\";s:9:\"14.0.1.24\";}")
            .version == "14.0.1.24");
}

TEST_CASE("another metadata.json is nobody's") {
  for (const auto* text :
       {"{}", "[1", "", "{\"modules\":3,\"date\":1}", "{\"modules\":[]}", "a:1:{s:5:\"ctime\";i:1;}"}) {
    CHECK(inspected("metadata.json", text).kind == "other");
  }
  CHECK_FALSE(inspected("metadata.json", R"({"modules":[{"module":"framework","version":7},3],"date":"x"})").version);
}

TEST_CASE("what is no certificate tells nothing and is not kept") {
  CHECK(inspected("Certificates/key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
            .certificates.empty());
  CHECK(inspected("Certificates/big.pem", std::string(2'000'000, 'x')).certificates.empty());
  CHECK(inspected("Certificates/empty.crt", "").certificates.empty());
}
