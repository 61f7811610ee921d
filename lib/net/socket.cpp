#include "net/socket.hpp"

#include <cerrno>
#include <expected>
#include <memory>
#include <optional>
#include <vector>

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/fd.hpp"
#include "net/address.hpp"

namespace failover {

std::expected<Fd, int> connect_socket(const Address& peer, int type, const std::optional<Address>& source) noexcept {
  Fd fd(socket(peer.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return std::unexpected(errno);
  if (source && bind(fd.get(), source->data(), source->size()) != 0) return std::unexpected(errno);
  if (connect(fd.get(), peer.data(), peer.size()) != 0 && errno != EINPROGRESS) return std::unexpected(errno);
  return fd;
}

int check_route(const Address& peer, const std::optional<Address>& source) noexcept {
  const auto connected = connect_socket(peer, SOCK_DGRAM, source);
  return connected ? 0 : connected.error();
}

int take_socket_error(int fd) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

std::expected<std::vector<Address>, int> interface_addresses() {
  ifaddrs* raw = nullptr;
  if (getifaddrs(&raw) != 0) return std::unexpected(errno);
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> list(raw, &freeifaddrs);
  std::vector<Address> addresses;
  for (const auto* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    const auto address = Address::from(entry->ifa_addr, sizeof(sockaddr_in6));
    if (address && !address->is_loopback()) addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace failover
