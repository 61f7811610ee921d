#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "core/fd.hpp"
#include "net/address.hpp"

namespace failover {

/// What makes an echo reply ours (RFC 792, RFC 4443 section 4.2). On an unprivileged socket the kernel chooses the
/// identifier and gives us nothing with another.
struct PingMark {
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  std::string_view payload;
};

/// A socket for ICMP echo to one host, IPv4 or IPv6, connected: others' packets do not reach it. Unprivileged where
/// net.ipv4.ping_group_range allows it, else raw where we have CAP_NET_RAW.
class PingSocket {
 public:
  struct Failure {
    int error = 0;            ///< errno
    bool permission = false;  ///< neither kind of socket is allowed to us
  };
  static std::expected<PingSocket, Failure> connect(const Address& peer, const std::optional<Address>& source) noexcept;

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// @return 0, or an errno.
  int send(const PingMark& mark) const;
  /// What a received packet is an echo reply to, or nothing for every other packet. The payload points into it.
  [[nodiscard]] std::optional<PingMark> read_reply(std::string_view packet) const noexcept;
  [[nodiscard]] bool chooses_identifier() const noexcept { return !raw_; }

 private:
  PingSocket(Fd fd, int family, bool raw) noexcept : fd_(std::move(fd)), family_(family), raw_(raw) {}
  Fd fd_;
  int family_;
  bool raw_;
};

}  // namespace failover
