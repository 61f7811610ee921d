#include "net/waiting_stream.hpp"

#include <cerrno>
#include <cstddef>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/sigpipe.hpp"
#include "net/socket_wait.hpp"
#include "net/tls_client.hpp"

namespace failover {

namespace {

constexpr int seconds_until_asked = 60;

std::string reason_of_openssl() {
  const auto code = ERR_peek_error();
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "it was cut off" : reason;
}

}  // namespace

WaitingStream::WaitingStream(Fd fd, std::string peer, Duration silence) noexcept
    : fd_(std::move(fd)), peer_(std::move(peer)), silence_(silence) {}

WaitingStream::~WaitingStream() {
  // Without a word OpenSSL takes a hang-up for an attack, and the session of both FTP connections for spoilt.
  if (ssl_ != nullptr) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
}

Error WaitingStream::broken(const std::string& detail) const {
  return {ErrorKind::unreachable, "the connection to " + peer_ + " broke: " + detail};
}

Result<void> WaitingStream::wait(short events, const Context& context) const {
  return wait_for_socket(fd_.get(), events, silence_, peer_, context);
}

Result<std::size_t> WaitingStream::drive(const std::function<int(std::size_t&)>& call, const Context& context) {
  while (true) {
    FO_TRY(context.check());
    std::size_t count = 0;
    int outcome = 0;
    {
      // OpenSSL writes by write(2), also while it reads.
      const SigpipeBlocked no_sigpipe;
      ERR_clear_error();
      errno = 0;
      outcome = call(count);
    }
    const int error = errno;
    if (outcome == 1) return count;
    switch (SSL_get_error(ssl_, outcome)) {
      case SSL_ERROR_WANT_READ:
        FO_TRY(wait(POLLIN, context));
        break;
      case SSL_ERROR_WANT_WRITE:
        FO_TRY(wait(POLLOUT, context));
        break;
      case SSL_ERROR_ZERO_RETURN:
        return 0;
      case SSL_ERROR_SYSCALL:
        return std::unexpected(broken(error == 0 ? "it was cut off" : std::generic_category().message(error)));
      default:
        return std::unexpected(broken(reason_of_openssl()));
    }
  }
}

Result<void> WaitingStream::start_tls(const TlsClient& client, const WaitingStream* like, const Context& context) {
  ssl_ = FO_TRY(client.connection(fd_.get(), like == nullptr ? nullptr : like->ssl_));
  const auto done = drive([this](std::size_t&) { return SSL_connect(ssl_); }, context);
  if (done) return {};
  if (done.error().kind != ErrorKind::unreachable) return std::unexpected(done.error());
  return std::unexpected(client.handshake_error(ssl_, done.error().message));
}

Result<std::size_t> WaitingStream::read_plain(std::span<std::byte> buffer, const Context& context) {
  while (true) {
    FO_TRY(context.check());
    const auto count = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN) {
      FO_TRY(wait(POLLIN, context));
    } else if (errno != EINTR) {
      return std::unexpected(broken(std::generic_category().message(errno)));
    }
  }
}

Result<std::size_t> WaitingStream::read(std::span<std::byte> buffer, const Context& context) {
  if (buffer.empty()) return 0;
  if (ssl_ == nullptr) return read_plain(buffer, context);
  return drive(
      [&](std::size_t& count) {
        const int first = SSL_read_ex(ssl_, buffer.data(), buffer.size(), &count);
        // One record holds 16 KiB: what else is there comes along.
        std::size_t more = 0;
        while (first == 1 && count < buffer.size() && SSL_pending(ssl_) > 0 &&
               SSL_read_ex(ssl_, buffer.data() + count, buffer.size() - count, &more) == 1) {
          count += more;
        }
        return first;
      },
      context);
}

Result<void> WaitingStream::write(std::string_view bytes, const Context& context) {
  while (!bytes.empty()) {
    FO_TRY(context.check());
    if (ssl_ != nullptr) {
      const auto count = FO_TRY(
          drive([&](std::size_t& taken) { return SSL_write_ex(ssl_, bytes.data(), bytes.size(), &taken); }, context));
      if (count == 0) return std::unexpected(broken("it was closed"));
      bytes.remove_prefix(count);
      continue;
    }
    const auto count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      FO_TRY(wait(POLLOUT, context));
    } else if (errno != EINTR) {
      return std::unexpected(broken(std::generic_category().message(errno)));
    }
  }
  return {};
}

void WaitingStream::limit_ahead(std::size_t bytes) const noexcept {
  const int size = static_cast<int>(bytes);
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

void WaitingStream::keep_alive() const noexcept {
  const int on = 1;
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_KEEPIDLE, &seconds_until_asked, sizeof seconds_until_asked);
}

}  // namespace failover
