#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <openssl/types.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "net/tls_client.hpp"

namespace failover {

/// A connected TCP socket for work that waits, with TLS over it from when that is asked for. Every call ends by its
/// context and after `silence` without a sign of the peer (property bounded).
class WaitingStream {
 public:
  /// @param fd connected and non-blocking
  /// @param peer for messages
  WaitingStream(Fd fd, std::string peer, Duration silence) noexcept;
  WaitingStream(const WaitingStream&) = delete;
  WaitingStream& operator=(const WaitingStream&) = delete;
  ~WaitingStream();

  /// Kinds of errors: refused (certificate), unreachable, timeout. The client outlives the stream.
  /// @param like a stream to the same server whose TLS session is resumed; may be nullptr
  Result<void> start_tls(const TlsClient& client, const WaitingStream* like, const Context& context);
  /// At least one byte, or 0 at the end that the peer made. Over TLS the end must be told (close_notify): cut off is
  /// an error of kind unreachable.
  Result<std::size_t> read(std::span<std::byte> buffer, const Context& context);
  Result<void> write(std::string_view bytes, const Context& context);
  /// Lets the peer be at most about so many bytes ahead of what was read.
  void limit_ahead(std::size_t bytes) const noexcept;
  /// Lets the kernel ask after a peer that is silent for long, so that no firewall forgets the connection.
  void keep_alive() const noexcept;
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  /// Calls until it is done, waiting for the socket in between.
  Result<std::size_t> drive(const std::function<int(std::size_t&)>& call, const Context& context);
  Result<std::size_t> read_plain(std::span<std::byte> buffer, const Context& context);
  Result<void> wait(short events, const Context& context) const;
  [[nodiscard]] Error broken(const std::string& detail) const;

  Fd fd_;
  std::string peer_;
  Duration silence_;
  SSL* ssl_ = nullptr;
};

}  // namespace failover
