#include "net/etcd_location.hpp"

#include <string>

#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::parse_etcd_location;

TEST_CASE("where an etcd is") {
  const auto place = parse_etcd_location("etcd://192.0.2.1,etcd2.example:12379,[2001:db8::1]:9/failover/pbx/");
  REQUIRE(place);
  CHECK_FALSE(place->tls);
  REQUIRE(place->endpoints.size() == 3);
  CHECK(place->endpoints[0].port == 2379);
  CHECK(place->endpoints[1].host == "etcd2.example");
  CHECK(place->endpoints[2].host == "2001:db8::1");
  CHECK(place->prefix == "failover/pbx");
  CHECK(place->key_of("observations/") == "/failover/pbx/observations/");
  CHECK(place->describe() == "etcd failover/pbx at 192.0.2.1:2379, etcd2.example:12379, [2001:db8::1]:9");
}

TEST_CASE("an etcd with TLS, a client certificate and a user") {
  const auto place = parse_etcd_location(
      "etcd+https://fo@e1.example,e2.example/pbx?ca-file=/ca.pem&cert-file=/c.pem&key-file=/k.pem&password-file=/p");
  REQUIRE(place);
  CHECK(place->tls);
  CHECK(place->user == "fo");
  CHECK(place->ca_file == "/ca.pem");
  CHECK(place->certificate == "/c.pem");
  CHECK(place->key == "/k.pem");
  CHECK(place->password_file == "/p");
}

TEST_CASE("places that are none are refused") {
  const std::string text = GENERATE(values<std::string>({
      "etcd",
      "etcd://",
      "etcd:///pbx",
      "etcd://h",
      "etcd://h/",
      "etcd://h,/pbx",
      "etcd://,h/pbx",
      "etcd://h:0/pbx",
      "etcd://h:99999/pbx",
      "etcd://h/a//b",
      "etcd://h/a%20b",
      "http://h/pbx",
      "etcd://h/pbx?ca-file=/ca.pem",
      "etcd://h/pbx?what=ever",
      "etcd://user@h/pbx?password-file=/p",
      "etcd+https://user@h/pbx",
      "etcd+https://h/pbx?password-file=/p",
      "etcd+https://user:secret@h/pbx",
      "etcd+https://h,user@i/pbx?password-file=/p",
      "etcd+https://h/pbx?cert-file=/c.pem",
      "etcd+https://h/pbx?ca-file=/a&ca-file=/b",
      "etcd+https://h/pbx?ca-file=",
      "etcd://a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q/pbx",
  }));
  INFO(text);
  const auto place = parse_etcd_location(text);
  REQUIRE_FALSE(place);
  CHECK(place.error().kind == failover::ErrorKind::usage);
  CHECK_FALSE(place.error().message.contains("secret"));
}
