#include "core/url.hpp"

#include <string>

#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::ErrorKind;
using failover::parse_url;

TEST_CASE("the parts of a URL") {
  const auto url = parse_url("SFTP://backup%40x@[2001:db8::1]:2222/pbx/3CX%20*.zip?a=1&b=%26");
  REQUIRE(url);
  CHECK(url->scheme == "sftp");
  CHECK(url->user == "backup@x");
  CHECK(url->host == "2001:db8::1");
  CHECK(url->port == 2222);
  CHECK(*url->decoded_path() == "/pbx/3CX *.zip");
  const auto parameters = url->parameters();
  REQUIRE(parameters);
  CHECK(parameters->at(1) == std::pair<std::string, std::string>("b", "&"));
}

TEST_CASE("a URL without host, port or path") {
  CHECK(parse_url("file:///var/backups/")->path == "/var/backups/");
  CHECK(parse_url("file:///x")->host.empty());
  CHECK_FALSE(parse_url("sip://pbx.example")->port.has_value());
  CHECK(parse_url("observe://")->path.empty());
}

TEST_CASE("secret: a password in a URL is refused and not repeated") {
  const auto url = parse_url("sftp://user:S3cret@host/path");
  REQUIRE_FALSE(url);
  CHECK(url.error().kind == ErrorKind::usage);
  CHECK(url.error().message.find("S3cret") == std::string::npos);
}

TEST_CASE("what is no URL is refused") {
  const auto* text =
      GENERATE("", "host", "://host", "sip:host", "sip://host:0", "sip://host:65536", "sip://host:", "sip://[::1",
               "sip://[::1]x", "sip://::1", "sip://ho st", "sip://ho\nst", "s!p://host", "sip://host;x");
  CAPTURE(text);
  const auto url = parse_url(text);
  REQUIRE_FALSE(url);
  CHECK(url.error().kind == ErrorKind::usage);
}

TEST_CASE("bad escapes and an encoded NUL are refused") {
  for (const auto* text : {"%", "%4", "a%zz", "%00"}) CHECK_FALSE(failover::percent_decode(text));
  CHECK(*failover::percent_decode("%41") == "A");
  CHECK(failover::percent_encode("a b/ü", "/") == "a%20b/%C3%BC");
}
