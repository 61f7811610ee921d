#include "net/dns_socket.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/system_error.hpp"
#include "net/address.hpp"

namespace failover {

Error DnsSocket::failed(int error_number, std::string_view what) const {
  return system_error(error_number, fmt::format("name server {}: {}", server_, what));
}

Result<void> DnsSocket::make_wake() {
  Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) return fail_errno("cannot make an eventfd");
  const int number = event.get();
  // An eventfd's write fails only when it is full, and then it is readable anyway.
  const auto wake = [number]() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(number, &one, sizeof one);
  };
  wake_ = std::make_unique<Wake>(std::move(event), context_->stop, wake);
  return {};
}

Result<void> DnsSocket::wait(short events) {
  while (true) {
    FO_TRY(context_->check());
    std::array<pollfd, 2> polls{{{socket_.get(), events, 0}, {wake_->event.get(), POLLIN, 0}}};
    const int ready = ::poll(polls.data(), polls.size(), context_->deadline.poll_timeout_ms());
    if (ready < 0 && errno != EINTR) return std::unexpected(failed(errno, "cannot wait for it"));
    if (ready > 0 && polls[0].revents != 0) return {};
  }
}

Result<DnsSocket> DnsSocket::begin(const Address& server, int type, const Context& context) {
  DnsSocket result(context, server.text());
  FO_TRY(result.make_wake());
  result.socket_ = Fd(::socket(server.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!result.socket_) return std::unexpected(result.failed(errno, "cannot make a socket"));
  if (::connect(result.socket_.get(), server.data(), server.size()) == 0) return result;
  if (errno != EINPROGRESS) return std::unexpected(result.failed(errno, "cannot connect"));
  result.connecting_ = true;
  return result;
}

Result<void> DnsSocket::await_connected() {
  if (!connecting_) return {};
  FO_TRY(wait(POLLOUT));
  int error_number = 0;
  socklen_t size = sizeof error_number;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error_number, &size) != 0) error_number = errno;
  if (error_number != 0) return std::unexpected(failed(error_number, "cannot connect"));
  connecting_ = false;
  return {};
}

Result<DnsSocket> DnsSocket::connect(const Address& server, int type, const Context& context) {
  auto result = FO_TRY(begin(server, type, context));
  FO_TRY(result.await_connected());
  return result;
}

Result<void> DnsSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      FO_TRY(wait(POLLOUT));
    } else if (errno != EINTR) {
      return std::unexpected(failed(errno, "cannot send to it"));
    }
  }
  return {};
}

Result<std::size_t> DnsSocket::receive(std::span<char> buffer) {
  while (true) {
    // Waits first: a peer that always has something to say must not outlive the deadline.
    FO_TRY(wait(POLLIN));
    const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EAGAIN && errno != EINTR) return std::unexpected(failed(errno, "no answer"));
  }
}

Result<void> DnsSocket::receive_all(std::span<char> buffer) {
  while (!buffer.empty()) {
    // Of several answers a server may keep the next back until this one is acknowledged (Nagle), which the kernel would
    // put off for 40 ms. It forgets this wish, so it is told each time.
    const int at_once = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, &at_once, sizeof at_once);
    const auto count = FO_TRY(receive(buffer));
    if (count == 0) {
      return fail(ErrorKind::unreachable,
                  fmt::format("name server {} closed the connection without an answer", server_));
    }
    buffer = buffer.subspan(count);
  }
  return {};
}

}  // namespace failover
