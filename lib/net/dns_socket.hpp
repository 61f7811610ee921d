#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"

namespace failover {

/// A connected TCP or UDP socket to one server whose every wait ends at the context's deadline or stop request.
/// Connected for UDP too: the kernel then drops what other addresses send, and reports a closed port.
class DnsSocket {
 public:
  /// @param type SOCK_STREAM or SOCK_DGRAM. @param context must live as long as the socket.
  static Result<DnsSocket> connect(const Address& server, int type, const Context& context);
  /// The same without waiting: the handshake goes on while something else is done; await_connected() ends it.
  static Result<DnsSocket> begin(const Address& server, int type, const Context& context);
  /// An error when no connection came about.
  Result<void> await_connected();
  /// From now on this deadline counts. @param context must live as long as it is used; its stop is that of connect().
  void use(const Context& context) noexcept { context_ = &context; }

  /// Sends all of it.
  Result<void> send(std::string_view bytes);
  /// One datagram, or what a stream has; 0 bytes = the peer closed the stream.
  Result<std::size_t> receive(std::span<char> buffer);
  /// Fills the buffer from a stream; the peer closing before is an error of kind unreachable.
  Result<void> receive_all(std::span<char> buffer);

 private:
  /// Readable once the stop is requested.
  struct Wake {
    Wake(Fd fd, const std::stop_token& stop, std::function<void()> call)
        : event(std::move(fd)), on_stop(stop, std::move(call)) {}
    Fd event;
    std::stop_callback<std::function<void()>> on_stop;
  };

  DnsSocket(const Context& context, std::string server) : context_(&context), server_(std::move(server)) {}
  Result<void> make_wake();
  Result<void> wait(short events);
  [[nodiscard]] Error failed(int error_number, std::string_view what) const;

  const Context* context_;
  std::string server_;
  Fd socket_;
  bool connecting_ = false;
  std::unique_ptr<Wake> wake_;
};

}  // namespace failover
