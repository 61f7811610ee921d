#pragma once

#include <span>
#include <string>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/dns_socket.hpp"

namespace failover {

/// One request in wire form, with an ID that no other request under way has, and what came back for it.
struct DnsExchange {
  std::string request;
  std::string answer;  ///< empty = none yet
};

/// A TCP connection to one name server, on which several requests may be under way at once (RFC 7766 section 6.2.1.1).
class DnsStream {
 public:
  /// Begins to connect and does not wait for it. @param context its stop request stays that of the stream
  static Result<DnsStream> begin(const Address& server, const Context& context);

  /// Sends every request that has no answer yet, all in one go, and waits for their answers, which may come in any
  /// order. What came before an error is there.
  Result<void> exchange(std::span<DnsExchange> exchanges, const Context& context);
  /// The two halves of it, for who has several connections.
  Result<void> send(std::span<const DnsExchange> exchanges, const Context& context);
  Result<void> receive(std::span<DnsExchange> exchanges, const Context& context);

  /// Waits until the connection that was begun is made. An error when none came about.
  Result<void> connect(const Context& context);

 private:
  explicit DnsStream(DnsSocket socket) : socket_(std::move(socket)) {}
  Result<std::string> receive_message();

  DnsSocket socket_;
};

}  // namespace failover
