#include "net/resolver.hpp"

#include <chrono>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using failover::Address;
using failover::Context;
using failover::Deadline;
using failover::Loop;
using failover::Resolver;

TEST_CASE("addresses are read strictly and written back") {
  for (const auto* text : {"192.0.2.1", "2001:db8::1", "::1", "127.0.0.1"}) {
    const auto address = Address::parse(text, 5060);
    REQUIRE(address);
    CHECK(address->host() == text);
    CHECK(address->port() == 5060);
  }
  CHECK(Address::parse("2001:db8::1", 5060)->text() == "[2001:db8::1]:5060");
  for (const auto* text :
       {"", "127.1", "0x7f.0.0.1", "1", "192.0.2.256", "192.0.2.1.", "::g", "fe80::1%nowhere0", "pbx"}) {
    INFO(text);
    CHECK_FALSE(Address::parse(text, 1));
  }
}

TEST_CASE("the same host is recognised through IPv4-mapped addresses") {
  CHECK(Address::parse("192.0.2.1", 1)->same_host(*Address::parse("::ffff:192.0.2.1", 2)));
  CHECK_FALSE(Address::parse("192.0.2.1", 1)->same_host(*Address::parse("192.0.2.2", 1)));
  CHECK_FALSE(Address::parse("2001:db8::1", 1)->same_host(*Address::parse("192.0.2.2", 1)));
  CHECK(Address::parse("127.8.0.1", 1)->is_loopback());
  CHECK(Address::parse("::ffff:127.0.0.1", 1)->is_loopback());
  CHECK(Address::parse("::1", 1)->is_loopback());
  CHECK_FALSE(Address::parse("192.0.2.1", 1)->is_loopback());
}

TEST_CASE("a numeric address needs no look-up") {
  const auto found = Resolver::resolve_now("192.0.2.7", 5060, Context{Deadline::after(0s), {}, nullptr});
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().text() == "192.0.2.7:5060");
}

TEST_CASE("a name of /etc/hosts is found without a name server") {
  const auto found = Resolver::resolve_now("localhost", 5060, Context{Deadline::after(2s), {}, nullptr});
  REQUIRE(found);
  CHECK(found->front().is_loopback());
}

TEST_CASE(
    "unknown-is-not-down, bounded: a name that cannot be found is an error by the deadline, never an empty answer") {
  const auto began = Deadline::Clock::now();
  const auto found = Resolver::resolve_now("no-such-host.invalid", 5060, Context{Deadline::after(1s), {}, nullptr});
  CHECK_FALSE(found);
  CHECK(Deadline::Clock::now() - began < 1100ms);
}

TEST_CASE("a dropped look-up calls nobody") {
  auto loop = Loop::create();
  REQUIRE(loop);
  auto resolver = Resolver::create(**loop);
  REQUIRE(resolver);
  bool called = false;
  {
    const auto lookup = (*resolver)->resolve("localhost", 1, Deadline::after(1s), [&](auto) { called = true; });
  }
  bool done = false;
  const auto end = (*loop)->after(20ms, [&] { done = true; });
  REQUIRE((*loop)->run([&] { return done; }, Context{Deadline::after(5s), {}, nullptr}));
  CHECK_FALSE(called);
}
