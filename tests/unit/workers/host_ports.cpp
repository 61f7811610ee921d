#include "workers/host_ports.hpp"

#include <set>
#include <string_view>

#include "support/catch.hpp"

using namespace failover;

namespace {

constexpr std::string_view tcp =
    R"(  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:13C4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0
   1: 0100007F:13C4 0200007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 20 4 30 10 -1
   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 100 0 0 10 0
)";

constexpr std::string_view udp6 =
    R"(  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
  10: 00000000000000000000000000000000:13C4 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 99 2 0000000000000000 0
  11: 00000000000000000000000001000000:13C4 00000000000000000000000001000000:0035 01 00000000:00000000 00:00000000 00000000     0        0 98 2 0000000000000000 0
)";

}  // namespace

TEST_CASE("what listens on one of the ports is found, and nothing else") {
  CHECK(open_ports_in(tcp, false, {5060}) == std::set<OpenPort>{{false, 5060, "4711"}});
  CHECK(open_ports_in(tcp, false, {5060, 80}).size() == 2);
  CHECK(open_ports_in(tcp, false, {443}).empty());
  CHECK(open_ports_in(udp6, true, {5060}) == std::set<OpenPort>{{true, 5060, "99"}});
  CHECK(open_ports_in("", true, {5060}).empty());
  CHECK(open_ports_in("no table\nat all: x:y z 0A\n", false, {5060}).empty());
}
