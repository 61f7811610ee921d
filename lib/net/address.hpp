#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/socket.h>

namespace failover {

/// An IPv4 or IPv6 address with a port, in the form the system calls take.
class Address {
 public:
  /// Numeric text only, nothing is looked up: "192.0.2.1", "2001:db8::1", "fe80::1%eth0". Short forms such as "127.1"
  /// are not addresses here.
  static std::optional<Address> parse(std::string_view host, std::uint16_t port) noexcept;
  /// Takes over an AF_INET or AF_INET6 address; others give none.
  static std::optional<Address> from(const sockaddr* address, std::size_t size) noexcept;
  /// Where a socket is bound.
  static std::optional<Address> of_socket(int fd) noexcept;

  [[nodiscard]] int family() const noexcept { return storage_.ss_family; }
  [[nodiscard]] const sockaddr* data() const noexcept;
  [[nodiscard]] socklen_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint16_t port() const noexcept;
  void set_port(std::uint16_t port) noexcept;
  /// Without port and brackets.
  [[nodiscard]] std::string host() const;
  /// "192.0.2.1:5060", "[2001:db8::1]:5060".
  [[nodiscard]] std::string text() const;
  /// The same host, whatever the ports; an IPv4-mapped IPv6 address is the IPv4 address.
  [[nodiscard]] bool same_host(const Address& other) const noexcept;
  [[nodiscard]] bool is_loopback() const noexcept;

 private:
  Address() noexcept = default;
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

}  // namespace failover
