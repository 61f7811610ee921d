#include "net/ping_socket.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/dns_message.hpp"

namespace failover {

namespace {

constexpr std::size_t header_size = 8;  // type, code, checksum, identifier, sequence

std::uint16_t number_at(std::string_view packet, std::size_t place) noexcept {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(packet[place]) << 8U |
                                    static_cast<unsigned char>(packet[place + 1]));
}

/// RFC 1071. For IPv6, and on an unprivileged socket, the kernel fills it in.
std::uint16_t checksum(std::string_view packet) noexcept {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < packet.size(); i += 2) sum += number_at(packet, i);
  if (packet.size() % 2 != 0) sum += static_cast<std::uint32_t>(static_cast<unsigned char>(packet.back())) << 8U;
  while (sum > 0xffffU) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

bool is_denied(int error) noexcept {
  return error == EACCES || error == EPERM || error == EPROTONOSUPPORT;
}

/// Errors that the network reports are wanted as well: "host unreachable" is the answer of a host that is off.
int set_up(int fd, const Address& peer, const std::optional<Address>& source, bool raw) noexcept {
  const int on = 1;
  const bool six = peer.family() == AF_INET6;
  if (setsockopt(fd, six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_RECVERR : IP_RECVERR, &on, sizeof on) != 0) {
    return errno;
  }
  if (six && raw) {
    icmp6_filter filter{};
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter) != 0) return errno;
  }
  if (source && bind(fd, source->data(), source->size()) != 0) return errno;
  return connect(fd, peer.data(), peer.size()) == 0 ? 0 : errno;
}

}  // namespace

std::expected<PingSocket, PingSocket::Failure> PingSocket::connect(const Address& peer,
                                                                   const std::optional<Address>& source) noexcept {
  const int protocol = peer.family() == AF_INET6 ? static_cast<int>(IPPROTO_ICMPV6) : static_cast<int>(IPPROTO_ICMP);
  bool raw = false;
  Fd fd(socket(peer.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  if (!fd && is_denied(errno)) {
    raw = true;
    fd = Fd(socket(peer.family(), SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  }
  if (!fd) return std::unexpected(Failure{errno, raw && is_denied(errno)});
  if (const int error = set_up(fd.get(), peer, source, raw); error != 0) return std::unexpected(Failure{error, false});
  return PingSocket(std::move(fd), peer.family(), raw);
}

int PingSocket::send(const PingMark& mark) const {
  std::string packet;
  packet += static_cast<char>(family_ == AF_INET6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO);
  packet += '\0';
  append_u16(packet, 0);
  append_u16(packet, mark.identifier);
  append_u16(packet, mark.sequence);
  packet += mark.payload;
  const auto sum = checksum(packet);
  packet[2] = static_cast<char>(sum >> 8U);
  packet[3] = static_cast<char>(sum & 0xffU);
  const auto sent = ::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL);
  return sent >= 0 || errno == EAGAIN || errno == EINTR ? 0 : errno;
}

std::optional<PingMark> PingSocket::read_reply(std::string_view packet) const noexcept {
  if (raw_ && family_ == AF_INET) {
    // Only here the IP header comes along; its length is in words of four octets.
    if (packet.empty()) return std::nullopt;
    const std::size_t size = (static_cast<unsigned char>(packet.front()) & 0x0fU) * 4UL;
    if (packet.size() < size) return std::nullopt;
    packet.remove_prefix(size);
  }
  if (packet.size() < header_size) return std::nullopt;
  const int wanted = family_ == AF_INET6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
  if (static_cast<unsigned char>(packet[0]) != wanted || packet[1] != '\0') return std::nullopt;
  return PingMark{number_at(packet, 4), number_at(packet, 6), packet.substr(header_size)};
}

}  // namespace failover
