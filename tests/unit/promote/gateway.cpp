#include "promote/gateway.hpp"

#include <string>
#include <vector>

#include <failover/observer.hpp>

#include "promote/gather.hpp"
#include "support/catch.hpp"

using failover::Target;

TEST_CASE("default gateways are read from the kernel's route table") {
  const std::string table =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
      "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
      "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
      "ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n";
  CHECK(failover::default_gateways(table) == std::vector<std::string>{"172.17.0.1"});
  CHECK(failover::default_gateways("").empty());
}

TEST_CASE("isolation: references count by host, and the own gateway does not count") {
  const auto target = [](const std::string& host) { return Target{"tcp://" + host, "tcp", host, 53, "", {}}; };
  const std::vector<std::string> gateways{"192.0.2.254"};
  CHECK(failover::independent_references({}, gateways) == 0);
  CHECK(failover::independent_references({target("198.51.100.1"), target("198.51.100.1")}, gateways) == 1);
  CHECK(failover::independent_references({target("198.51.100.1"), target("192.0.2.254")}, gateways) == 1);
  // A program has no host: what it looks at is not known.
  CHECK(failover::independent_references({target("198.51.100.1"), target("")}, gateways) == 1);
  CHECK(failover::independent_references({target("198.51.100.1"), target("203.0.113.1")}, gateways) == 2);
}
