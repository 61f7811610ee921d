#include "net/own_link.hpp"

#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "net/address.hpp"
#include "net/socket.hpp"

namespace failover {

std::optional<std::string> cut_off_from(const Address& peer, const std::optional<Address>& source) {
  const auto fd = connect_socket(peer, SOCK_DGRAM, source);
  if (!fd) return std::generic_category().message(fd.error());
  const auto local = Address::of_socket(fd->get());
  ifaddrs* raw = nullptr;
  if (!local || getifaddrs(&raw) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> list(raw, &freeifaddrs);
  for (const auto* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    const auto address = Address::from(entry->ifa_addr, sizeof(sockaddr_in6));
    if (!address || !address->same_host(*local)) continue;
    if ((entry->ifa_flags & IFF_RUNNING) != 0) return std::nullopt;
    return fmt::format("the interface {} is down or has no link", entry->ifa_name);
  }
  return std::nullopt;
}

}  // namespace failover
