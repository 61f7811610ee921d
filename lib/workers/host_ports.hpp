#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace failover {

/// Something that takes calls of callers: a listening TCP socket, or a UDP socket that belongs to no one peer.
struct OpenPort {
  bool udp = false;
  std::uint16_t port = 0;
  std::string inode;  ///< of the socket: a new one on an old port is another one

  auto operator<=>(const OpenPort&) const = default;
};

/// Those of /proc/net/tcp, tcp6, udp or udp6 (proc(5)) on one of the ports. Pure.
std::set<OpenPort> open_ports_in(std::string_view table, bool udp, const std::vector<std::uint16_t>& ports);

/// Those of the network that this process is in.
std::set<OpenPort> open_ports(const std::vector<std::uint16_t>& ports);

}  // namespace failover
