#include "net/byte_stream.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/epoll.h>

#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/curl.hpp"
#include "net/libcurl.hpp"
#include "net/loop.hpp"
#include "net/pinned_connection.hpp"
#include "net/socket.hpp"

namespace failover {

namespace {

// Read before the loop turns on: a peer that floods us must not starve the others.
constexpr std::size_t bytes_a_turn = 64UL * 1024;

}  // namespace

ByteStream::ByteStream(Loop& loop, Curl& curl, const StreamRequest& request, Calls calls)
    : loop_(loop),
      curl_(curl),
      calls_(std::make_shared<const Calls>(std::move(calls))),
      connection_({.host = request.name.empty() ? request.address.host() : request.name,
                   .port = request.address.port(),
                   .address = request.address,
                   .source = request.source,
                   .require_certificate = request.require_certificate}) {}

ByteStream::~ByteStream() {
  // Before the socket is closed: its number may soon be another's.
  watch_.reset();
  if (easy_ != nullptr) {
    curl_.remove(easy_);
    libcurl().easy_cleanup(easy_);
  }
}

Result<std::unique_ptr<ByteStream>> ByteStream::open(Loop& loop, Curl& curl, const StreamRequest& request,
                                                     Calls calls) {
  std::unique_ptr<ByteStream> stream(new ByteStream(loop, curl, request, std::move(calls)));
  // libcurl does not tell whether an errno came from the routing table or from the network.
  if (const int error = check_route(request.address, request.source); error != 0) {
    stream->end({true, error, fmt::format("no way there: {}", std::generic_category().message(error))});
    return stream;
  }
  FO_TRY(stream->prepare(request.tls));
  FO_TRY(curl.add_connection(stream->easy_, [self = stream.get()](int code) { self->on_connected(code); }));
  return stream;
}

Result<void> ByteStream::prepare(bool tls) {
  easy_ = FO_TRY(Curl::make_easy());
  FO_TRY(connection_.prepare(easy_, tls ? "https" : "http", "/"));
  const bool accepted = libcurl().easy_setopt(easy_, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
                        libcurl().easy_setopt(easy_, CURLOPT_SSL_ENABLE_ALPN, 0L) == CURLE_OK;
  if (!accepted) return fail(ErrorKind::internal, "this libcurl does not know an option that it must know");
  return {};
}

void ByteStream::on_connected(int code) {
  if (code != CURLE_OK) return end(connection_.failure(easy_, code));
  curl_socket_t socket = CURL_SOCKET_BAD;
  libcurl().easy_getinfo(easy_, CURLINFO_ACTIVESOCKET, &socket);
  if (socket == CURL_SOCKET_BAD) return end({true, 0, "libcurl lost the connection"});
  socket_ = socket;
  connected_ = true;
  auto watch = loop_.watch(socket_, EPOLLIN | EPOLLRDHUP, [this](std::uint32_t events) { on_ready(events); });
  if (!watch) return end({true, 0, watch.error().message});
  watch_ = std::move(*watch);
  // What came along with the handshake may lie in OpenSSL already; the socket would not show it.
  pull();
  if (!unread_.empty()) soon_ = loop_.soon([this] { read(); });
  const auto calls = calls_;
  if (calls->connected) calls->connected();
}

void ByteStream::on_ready(std::uint32_t events) {
  // Taken before reading, which would lose it within TLS.
  if ((events & EPOLLERR) != 0) pending_error_ = take_socket_error(socket_);
  if ((events & EPOLLOUT) != 0) flush();
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read();
}

void ByteStream::pull() {
  std::array<char, 16UL * 1024> buffer{};
  while (!failure_ && unread_.size() < bytes_a_turn) {
    std::size_t count = 0;
    const auto code = libcurl().easy_recv(easy_, buffer.data(), buffer.size(), &count);
    if (code == CURLE_AGAIN) {
      if (send_failure_) end(*send_failure_);
      return;
    }
    if (code != CURLE_OK || count == 0) return end(broken(code));
    unread_.append(buffer.data(), count);
  }
}

/// The last thing done: whoever is called may destroy this.
void ByteStream::read() {
  pull();
  const auto calls = calls_;
  if (unread_.empty()) {
    if (!failure_) return;
    watch_.reset();
    soon_.reset();
    if (calls->ended) calls->ended(*failure_);
    return;
  }
  // OpenSSL may hold bytes that the socket does not show any more.
  if (failure_ || unread_.size() >= bytes_a_turn) soon_ = loop_.soon([this] { read(); });
  const auto bytes = std::exchange(unread_, {});
  if (calls->received) calls->received(bytes);
}

void ByteStream::send(std::string_view bytes) {
  if (failure_ || send_failure_) return;
  unsent_ += bytes;
  flush();
}

void ByteStream::flush() {
  while (!failure_ && !unsent_.empty()) {
    std::size_t count = 0;
    const auto code = libcurl().easy_send(easy_, unsent_.data(), unsent_.size(), &count);
    if (code == CURLE_AGAIN || (code == CURLE_OK && count == 0)) break;
    if (code != CURLE_OK) {
      send_failure_ = broken(code);
      unsent_.clear();
      soon_ = loop_.soon([this] { read(); });
      return;
    }
    unsent_.erase(0, count);
  }
  if (failure_) return;
  const std::uint32_t wanted = EPOLLIN | EPOLLRDHUP | (unsent_.empty() ? 0U : static_cast<std::uint32_t>(EPOLLOUT));
  if (auto changed = watch_.change(wanted); !changed) end({true, 0, changed.error().message});
}

void ByteStream::hand_over(Calls calls) {
  calls_ = std::make_shared<const Calls>(std::move(calls));
}

std::optional<Address> ByteStream::local_address() const noexcept {
  return connected_ ? Address::of_socket(socket_) : std::nullopt;
}

ConnectionFailure ByteStream::broken(int code) const {
  const bool network = code == CURLE_OK || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR;
  if (!network) return connection_.failure(easy_, code);
  int error = pending_error_;
  if (error == 0 && code != CURLE_OK) error = connection_.failure(easy_, code).os_error;
  return {false, error, error == 0 ? "the peer closed the connection" : std::generic_category().message(error)};
}

void ByteStream::end(ConnectionFailure failure) {
  if (failure_) return;
  failure_ = std::move(failure);
  watch_.reset();
  soon_ = loop_.soon([this] { read(); });
}

}  // namespace failover
