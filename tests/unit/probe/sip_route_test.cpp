#include "probe/sip_route.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <failover/observer.hpp>

#include "net/service_records.hpp"
#include "support/catch.hpp"

using failover::default_services;
using failover::in_order;
using failover::NaptrRecord;
using failover::needs_sip_route;
using failover::parse_target;
using failover::plain_hop;
using failover::services_of;
using failover::settled_transport;
using failover::SipHop;
using failover::SipService;
using failover::SipTransport;
using failover::SrvRecord;

namespace {

std::string targets(const std::vector<SrvRecord>& records) {
  std::string result;
  for (const auto& one : records) result += one.target;
  return result;
}

std::vector<NaptrRecord> naptrs() {
  return {{20, 0, "s", "SIP+D2U", "_sip._udp.a"},    {10, 50, "S", "SIP+D2T", "_sip._tcp.a"},
          {10, 20, "s", "sips+d2t", "_sips._tcp.a"}, {1, 1, "u", "SIP+D2U", "_sip._udp.by-expression"},
          {1, 1, "s", "SIP+D2S", "_sip._sctp.a"},    {1, 1, "s", "SIP+D2U", ""}};
}

}  // namespace

TEST_CASE("RFC 3263: only a name without a port is routed") {
  CHECK(needs_sip_route(*parse_target("sip://pbx.example")));
  CHECK(needs_sip_route(*parse_target("sips://pbx.example?verify=require")));
  CHECK(needs_sip_route(*parse_target("sip://pbx.example?transport=tcp")));
  for (const auto* text : {"sip://pbx.example:5060", "sips://pbx.example:5061", "sip://192.0.2.1",
                           "sip://[2001:db8::1]", "https://pbx.example", "tunnel://pbx.example"}) {
    INFO(text);
    CHECK_FALSE(needs_sip_route(*parse_target(text)));
  }
}

TEST_CASE("RFC 3263 section 4.1: NAPTR gives the transports that we speak, by order and preference") {
  CHECK(services_of(naptrs(), false) == std::vector<SipService>{{SipTransport::tls, "_sips._tcp.a"},
                                                                {SipTransport::tcp, "_sip._tcp.a"},
                                                                {SipTransport::udp, "_sip._udp.a"}});
  CHECK(services_of(naptrs(), true) == std::vector<SipService>{{SipTransport::tls, "_sips._tcp.a"}});
  CHECK(services_of({}, false).empty());
}

TEST_CASE("RFC 3263: without NAPTR the services are those of the settled transport, or UDP, then TCP") {
  CHECK(default_services("a", settled_transport(*parse_target("sip://a"))) ==
        std::vector<SipService>{{SipTransport::udp, "_sip._udp.a"}, {SipTransport::tcp, "_sip._tcp.a"}});
  CHECK(default_services("a", settled_transport(*parse_target("sips://a"))) ==
        std::vector<SipService>{{SipTransport::tls, "_sips._tcp.a"}});
  CHECK(default_services("a", settled_transport(*parse_target("sip://a?transport=tcp"))) ==
        std::vector<SipService>{{SipTransport::tcp, "_sip._tcp.a"}});
  CHECK(plain_hop("a", std::nullopt) == SipHop{SipTransport::udp, "a", 5060});
  CHECK(plain_hop("a", SipTransport::tls) == SipHop{SipTransport::tls, "a", 5061});
}

TEST_CASE("RFC 2782: the lowest priority comes first whatever its weight") {
  const auto largest = [](std::uint32_t most) { return most; };
  CHECK(targets(in_order({{20, 9, 1, "c"}, {10, 0, 1, "a"}, {15, 9, 1, "b"}}, largest)) == "abc");
  CHECK(in_order({}, largest).empty());
}

TEST_CASE("RFC 2782: among equals the running sum decides, weight 0 has a small chance") {
  const std::vector<SrvRecord> equals{{10, 60, 1, "a"}, {10, 0, 1, "z"}, {10, 40, 1, "b"}};
  const auto drawing = [](std::vector<std::uint32_t> numbers) {
    return [numbers, next = std::size_t{0}](std::uint32_t most) mutable {
      const auto number = numbers.at(next++);
      CHECK(number <= most);
      return number;
    };
  };
  CHECK(targets(in_order(equals, drawing({0, 0, 0}))) == "zab");
  CHECK(targets(in_order(equals, drawing({1, 0, 40}))) == "azb");
  CHECK(targets(in_order(equals, drawing({60, 40, 0}))) == "abz");
  CHECK(targets(in_order(equals, drawing({61, 60, 0}))) == "baz");
  CHECK(targets(in_order(equals, drawing({100, 0, 60}))) == "bza");
}

TEST_CASE("RFC 2782: over many draws the shares are those of the weights") {
  std::uint32_t seed = 1;
  const auto random = [&seed](std::uint32_t most) {
    seed = seed * 1'664'525 + 1'013'904'223;
    return (seed >> 8) % (most + 1);
  };
  int first = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (in_order({{1, 75, 1, "a"}, {1, 25, 1, "b"}}, random).front().target == "a") ++first;
  }
  CHECK(first > 7'200);
  CHECK(first < 7'800);
}
