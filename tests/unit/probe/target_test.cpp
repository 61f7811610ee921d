#include <string>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "support/catch.hpp"

using failover::ErrorKind;
using failover::parse_target;

TEST_CASE("targets are read with the defaults of their kind") {
  const auto sip = parse_target("sip://192.0.2.1");
  REQUIRE(sip);
  CHECK(sip->text == "sip://192.0.2.1");
  CHECK(sip->port == 5060);
  CHECK_FALSE(sip->weak());
  CHECK(parse_target("tunnel://pbx.example")->port == 5090);
  CHECK(parse_target("tunnel://pbx.example")->weak());
  CHECK(parse_target("tcp://pbx.example:22")->weak());
  CHECK_FALSE(parse_target("tls://pbx.example:5061?name=b.example&verify=require")->weak());
  CHECK(parse_target("https://pbx.example")->port == 443);
  CHECK(parse_target("https://pbx.example")->path == "/");
  CHECK(parse_target("http://[2001:db8::1]:5000/x")->host == "2001:db8::1");
}

TEST_CASE("our parameters are taken from a web page's query, its own stay as written") {
  const auto web = parse_target("https://192.0.2.1:5001/a%20b?q=1%262&expect=204&name=pbx.example&verify=require&z");
  REQUIRE(web);
  CHECK(web->path == "/a%20b?q=1%262&z");
  CHECK(*web->parameter("expect") == "204");
  CHECK(*web->parameter("name") == "pbx.example");
  CHECK(*web->parameter("verify") == "require");
  CHECK(web->parameter("q") == nullptr);
  for (const std::string own : {"/?", "/?&", "/?x&&", "/?&&x", "/?x&", "/??"}) {
    INFO(own);
    CHECK(parse_target("https://192.0.2.1" + own)->path == own);
    CHECK(parse_target("https://192.0.2.1" + own + "&expect=200")->path == own);
  }
  CHECK(parse_target("https://192.0.2.1/?expect=200&name=a")->path == "/");
}

TEST_CASE("a name server is asked for a name and a type") {
  const auto plain = parse_target("dns://192.0.2.53/pbx.example");
  REQUIRE(plain);
  CHECK(plain->host == "192.0.2.53");
  CHECK(plain->port == 53);
  CHECK(plain->path == "pbx.example");
  CHECK_FALSE(plain->weak());
  const auto typed = parse_target("dns://[2001:db8::53]:5353/_sip._udp.pbx.example.?type=srv");
  REQUIRE(typed);
  CHECK(typed->port == 5353);
  CHECK(typed->path == "_sip._udp.pbx.example.");
  CHECK(*typed->parameter("type") == "srv");
  CHECK(parse_target("dns://a/b?type=TYPE257"));
}

TEST_CASE("a ping has no port and is weak") {
  const auto ping = parse_target("icmp://pbx.example");
  REQUIRE(ping);
  CHECK(ping->port == 0);
  CHECK(ping->weak());
}

TEST_CASE("a plugin has a path and its arguments in their order, and no host") {
  const auto plugin = parse_target("exec:///usr/lib/a%20b?arg=-H&arg=pbx.example&arg=&arg=a%26b");
  REQUIRE(plugin);
  CHECK(plugin->host.empty());
  CHECK(plugin->path == "/usr/lib/a b");
  CHECK_FALSE(plugin->weak());
  std::string arguments;
  for (const auto& [name, value] : plugin->parameters) arguments += name + "=" + value + ";";
  CHECK(arguments == "arg=-H;arg=pbx.example;arg=;arg=a&b;");
}

TEST_CASE("an unknown parameter lists the known ones") {
  CHECK(parse_target("sip://a?nmae=b").error().message.find("known: name, transport") != std::string::npos);
  CHECK(parse_target("icmp://a?x=1").error().message.find("known: none") != std::string::npos);
}

TEST_CASE("what is no target is a usage error that names it and says what is wrong") {
  const auto* const text = GENERATE(
      "", "pbx.example", "sip:pbx.example", "sip://", "sip://a:0", "sip://a:70000", "sip://a:x",
      "sips://pbx.example?transport=tcp", "sip://a?transport=tls", "sip://a?verify=require", "tcp://pbx.example",
      "sip://user@pbx.example", "sip://a?transport=udp&transport=udp", "sip://a?nmae=b", "sip://a/path",
      "https://a?expect=99", "https://a?expect=6xx", "https://a?expect=", "https://a?expect=200,",
      "https://a?expect=299-200", "https://a?body=", "https://a?verify=no", "https://a?name=b%0d%0ac",
      "https://a?name=b%00", "sip://a?name=", "sip://1:2:3", "sip://[::1", "sip://a b", "tunnel://a?x=1", "tls://a",
      "tls://a:1?verify=yes", "tls://a:1?expect=200", "http://[fe80::1%25lo]/", "sip://-pbx",
      "sip://[fe80::1%25lo:%12]", "sip://.");
  INFO(text);
  const auto target = parse_target(text);
  REQUIRE_FALSE(target);
  CHECK(target.error().kind == ErrorKind::usage);
  CHECK(target.error().message.find(text) != std::string::npos);
}

TEST_CASE("an unknown kind of target lists the known ones") {
  const auto target = parse_target("smtp://pbx.example");
  REQUIRE_FALSE(target);
  CHECK(target.error().message.find(
            "sip://, sips://, http://, https://, tcp://, tls://, tunnel://, dns://, icmp://, exec://") !=
        std::string::npos);
}
