#include "workers/host_ports.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_io.hpp"

namespace failover {

namespace {

constexpr std::size_t table_limit = std::size_t{32} << 20U;
constexpr std::string_view tcp_listens = "0A";  // TCP_LISTEN
constexpr std::string_view udp_is_open = "07";  // TCP_CLOSE: connected to nobody

struct Table {
  const char* path;
  bool udp;
};

constexpr std::array tables{Table{"/proc/net/tcp", false}, Table{"/proc/net/tcp6", false}, Table{"/proc/net/udp", true},
                            Table{"/proc/net/udp6", true}};

}  // namespace

std::set<OpenPort> open_ports_in(std::string_view table, bool udp, const std::vector<std::uint16_t>& ports) {
  std::set<OpenPort> open;
  std::istringstream lines{std::string(table)};
  std::string line;
  while (std::getline(lines, line)) {
    // sl local_address rem_address st tx:rx tr:tm->when retrnsmt uid timeout inode
    std::istringstream words(line);
    std::array<std::string, 10> word;
    for (auto& each : word) words >> each;
    const auto colon = word[1].rfind(':');
    if (colon == std::string::npos || word[3] != (udp ? udp_is_open : tcp_listens)) continue;
    std::uint16_t port = 0;
    std::from_chars(word[1].data() + colon + 1, word[1].data() + word[1].size(), port, 16);
    if (std::ranges::find(ports, port) != ports.end()) open.insert({udp, port, word[9]});
  }
  return open;
}

std::set<OpenPort> open_ports(const std::vector<std::uint16_t>& ports) {
  std::set<OpenPort> open;
  for (const auto& table : tables) {
    // A host without IPv6 has only two of them.
    if (const auto text = read_file(table.path, table_limit)) open.merge(open_ports_in(*text, table.udp, ports));
  }
  return open;
}

}  // namespace failover
