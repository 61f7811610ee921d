#include "probe/dns_tcp.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include <failover/observer.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/dns_message.hpp"
#include "probe/blame.hpp"
#include "probe/prober.hpp"

namespace failover {

namespace {

constexpr std::size_t length_size = 2;

}  // namespace

void DnsTcp::start(const Address& peer, const std::optional<Address>& source, std::string_view wire, Message message,
                   Failed failed) {
  message_ = std::move(message);
  failed_ = std::move(failed);
  append_u16(unsent_, static_cast<std::uint16_t>(wire.size()));
  unsent_ += wire;
  connecting_.start(
      peer, source, [this](Fd fd) { talk(std::move(fd)); }, [this](Finding finding) { fail(std::move(finding)); });
}

void DnsTcp::talk(Fd fd) {
  fd_ = std::move(fd);
  auto watch = loop_.watch(fd_.get(), EPOLLIN | EPOLLOUT, [this](std::uint32_t events) { on_ready(events); });
  if (!watch) return fail({std::unexpected(watch.error()), watch.error().message, Grade::ok, false});
  watch_ = std::move(*watch);
}

void DnsTcp::on_ready(std::uint32_t events) {
  if (!unsent_.empty() && !write()) return;
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read();
}

/// @return false when it failed, and this is perhaps destroyed.
bool DnsTcp::write() {
  const auto sent = send(fd_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    fail(finding_of(errno, Moment::answered, "DNS over TCP"));
    return false;
  }
  if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
  if (!unsent_.empty()) return true;
  if (auto changed = watch_.change(EPOLLIN); !changed) {
    fail({std::unexpected(changed.error()), changed.error().message, Grade::ok, false});
    return false;
  }
  return true;
}

void DnsTcp::read() {
  std::array<char, 16384> buffer{};
  const auto size = recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) fail(finding_of(errno, Moment::answered, "DNS over TCP"));
    return;
  }
  if (size == 0) {
    return fail(found(Health::down, received_.empty() ? "DNS over TCP: closed without an answer"
                                                      : "DNS over TCP: closed in the middle of its answer"));
  }
  received_.append(buffer.data(), static_cast<std::size_t>(size));
  take_messages();
}

/// What is kept never exceeds one message and one read.
void DnsTcp::take_messages() {
  const auto message = message_;  // outlives this, should the caller destroy it
  while (received_.size() >= length_size) {
    const std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(received_[0])) << 8U |
                               static_cast<unsigned char>(received_[1]);
    if (received_.size() < length_size + length) return;
    if (message(std::string_view(received_).substr(length_size, length))) return;  // and this is perhaps destroyed
    received_.erase(0, length_size + length);
  }
}

void DnsTcp::fail(Finding finding) {
  watch_.reset();
  const auto failed = std::exchange(failed_, nullptr);
  if (failed) failed(std::move(finding));
}

}  // namespace failover
