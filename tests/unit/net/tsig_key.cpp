#include "net/tsig_key.hpp"

#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::parse_tsig_key;

namespace {

void check_refused(std::string_view text, std::string_view why) {
  const auto key = parse_tsig_key(text);
  REQUIRE_FALSE(key);
  CHECK(key.error().kind == failover::ErrorKind::config);
  CHECK_THAT(key.error().message, Catch::Contains(std::string(why)));
  // Property secret.
  CHECK_THAT(key.error().message, !Catch::Contains("c2VjcmV0"));
}

}  // namespace

TEST_CASE("a key file in BIND's form is read") {
  const auto key = parse_tsig_key("key \"pbx-key\" {\n\talgorithm hmac-sha256;\n\tsecret \"c2VjcmV0\";\n};\n");
  REQUIRE(key);
  CHECK(key->name.to_text() == "pbx-key");
  CHECK(key->algorithm == failover::TsigAlgorithm::hmac_sha256);
  CHECK(key->secret.reveal() == "secret");
}

TEST_CASE("a key file may hold comments, and its parts in any order and form") {
  const auto key = parse_tsig_key(
      "# one\n// two\n/* three\n */key pbx.example.{secret c2VjcmV0 ;/*x*/algorithm HMAC-SHA512;};# end");
  REQUIRE(key);
  CHECK(key->name.to_text() == "pbx.example");
  CHECK(key->algorithm == failover::TsigAlgorithm::hmac_sha512);
}

TEST_CASE("a key file that is not one usable key is refused") {
  const std::string good = "key a { algorithm hmac-sha256; secret \"c2VjcmV0\"; };";
  check_refused("", "'key' is missing");
  check_refused("zone a {};", "'key' is missing");
  check_refused(good + good, "more than one key");
  check_refused("key a { algorithm hmac-sha256; secret \"c2VjcmV0\"; }", "';' is missing");
  check_refused("key a { algorithm hmac-sha256; secret \"c2VjcmV0\";", "something else");
  check_refused("key a { algorithm hmac-sha256; secret \"c2VjcmV0", "does not end");
  check_refused("key a { algorithm hmac-md5; secret \"c2VjcmV0\"; };", "hmac-md5");
  check_refused("key a { secret \"c2VjcmV0\"; };", "lacks");
  check_refused("key a { algorithm hmac-sha256; };", "lacks");
  check_refused("key a { algorithm hmac-sha256; secret \"\"; };", "empty");
  check_refused("key a { algorithm hmac-sha256; secret \"c2VjcmV0!\"; };", "not base64");
  check_refused("key a { algorithm hmac-sha256; secret \"c2VjcmV0\"; secret \"c2VjcmV0\"; };", "something else");
  check_refused("key a..b { algorithm hmac-sha256; secret \"c2VjcmV0\"; };", "key name");
  check_refused("/* key a", "comment");
}
