#include "probe/host_group.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <failover/observer.hpp>

#include "support/catch.hpp"

namespace {

/// Whether the first target is of one host with the second.
bool together(const std::string& a, const std::string& b) {
  const std::vector<failover::Target> targets{failover::parse_target(a).value(), failover::parse_target(b).value()};
  const std::vector<const failover::Target*> pointers{&targets[0], &targets[1]};
  const auto hosts = failover::group_by_host(pointers);
  return hosts.group_of.at(0) == hosts.group_of.at(1);
}

}  // namespace

TEST_CASE("targets pair up by their host as written, or by a name that is the other's host") {
  REQUIRE(together("sip://pbx.example", "https://PBX.example:5001/"));
  REQUIRE(together("sip://192.0.2.1", "tunnel://192.0.2.1"));
  REQUIRE(together("sip://pbx.example", "https://192.0.2.1:5001/?name=pbx.example"));
  REQUIRE_FALSE(together("sip://pbx.example", "https://192.0.2.1:5001/"));
  // The active and the standby share their name.
  REQUIRE_FALSE(together("sip://192.0.2.1?name=pbx.example", "https://192.0.2.2/?name=pbx.example"));
}
