#include "net/address.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/url.hpp"

namespace failover {

namespace {

sockaddr_in as_v4(const sockaddr_storage& storage) noexcept {
  sockaddr_in v4{};
  std::memcpy(&v4, &storage, sizeof v4);
  return v4;
}

sockaddr_in6 as_v6(const sockaddr_storage& storage) noexcept {
  sockaddr_in6 v6{};
  std::memcpy(&v6, &storage, sizeof v6);
  return v6;
}

/// The IPv4 address in network order of an IPv4 or IPv4-mapped IPv6 address.
std::optional<std::uint32_t> plain_v4(const sockaddr_storage& storage) noexcept {
  if (storage.ss_family == AF_INET) return as_v4(storage).sin_addr.s_addr;
  const auto v6 = as_v6(storage);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) == 0) return std::nullopt;
  std::uint32_t v4 = 0;
  std::memcpy(&v4, &v6.sin6_addr.s6_addr[12], sizeof v4);
  return v4;
}

}  // namespace

std::optional<Address> Address::parse(std::string_view host, std::uint16_t port) noexcept {
  std::array<char, INET6_ADDRSTRLEN + IF_NAMESIZE + 2> text{};
  if (host.empty() || host.size() >= text.size()) return std::nullopt;
  std::ranges::copy(host, text.begin());
  sockaddr_in v4{};
  if (inet_pton(AF_INET, text.data(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return from(reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
  }
  sockaddr_in6 v6{};
  if (char* zone = std::strchr(text.data(), '%'); zone != nullptr) {
    *zone = '\0';
    // The kernel takes "lo:" and whatever follows for an alias of lo; it is no name of an interface.
    if (std::strchr(zone + 1, ':') != nullptr) return std::nullopt;
    v6.sin6_scope_id = if_nametoindex(zone + 1);
    if (v6.sin6_scope_id == 0) return std::nullopt;
  }
  if (inet_pton(AF_INET6, text.data(), &v6.sin6_addr) != 1) return std::nullopt;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  return from(reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
}

std::optional<Address> Address::from(const sockaddr* address, std::size_t size) noexcept {
  if (address == nullptr) return std::nullopt;
  const std::size_t wanted = address->sa_family == AF_INET    ? sizeof(sockaddr_in)
                             : address->sa_family == AF_INET6 ? sizeof(sockaddr_in6)
                                                              : 0;
  if (wanted == 0 || size < wanted) return std::nullopt;
  Address result;
  std::memcpy(&result.storage_, address, wanted);
  result.size_ = static_cast<socklen_t>(wanted);
  return result;
}

std::optional<Address> Address::of_socket(int fd) noexcept {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return std::nullopt;
  return from(reinterpret_cast<const sockaddr*>(&storage), size);
}

const sockaddr* Address::data() const noexcept {
  return reinterpret_cast<const sockaddr*>(&storage_);
}

std::uint16_t Address::port() const noexcept {
  return ntohs(family() == AF_INET ? as_v4(storage_).sin_port : as_v6(storage_).sin6_port);
}

void Address::set_port(std::uint16_t port) noexcept {
  // The port stands at the same place in both structures.
  auto v4 = as_v4(storage_);
  v4.sin_port = htons(port);
  std::memcpy(&storage_, &v4, offsetof(sockaddr_in, sin_addr));
}

std::string Address::host() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family() == AF_INET) {
    const auto v4 = as_v4(storage_);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return text.data();
  }
  const auto v6 = as_v6(storage_);
  inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  std::array<char, IF_NAMESIZE> zone{};
  if (v6.sin6_scope_id == 0 || if_indextoname(v6.sin6_scope_id, zone.data()) == nullptr) return text.data();
  return std::string(text.data()) + "%" + zone.data();
}

std::string Address::text() const {
  return host_and_port(host(), port());
}

bool Address::same_host(const Address& other) const noexcept {
  const auto mine = plain_v4(storage_);
  const auto theirs = plain_v4(other.storage_);
  if (mine || theirs) return mine == theirs;
  const auto a = as_v6(storage_);
  const auto b = as_v6(other.storage_);
  return IN6_ARE_ADDR_EQUAL(&a.sin6_addr, &b.sin6_addr);
}

bool Address::is_loopback() const noexcept {
  if (const auto v4 = plain_v4(storage_)) return (ntohl(*v4) >> 24U) == 127;
  const auto v6 = as_v6(storage_);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0;
}

}  // namespace failover
