#pragma once

#include <cstddef>
#include <memory>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/http_exchange.hpp"
#include "net/http_message.hpp"
#include "net/loop.hpp"
#include "net/transfer.hpp"
#include "net/transfer_loop.hpp"

namespace failover {

/// HTTP/1.1 for work that waits: requests over connections that are kept, each by its context's deadline and stop and
/// never longer silent than the stall time-out (property bounded). One thread.
///
/// Errors: unreachable, timeout (worth a retry), refused (certificate or redirection), protocol, config, cancelled. A
/// status is no error here; see http_status_error().
class HttpClient {
 public:
  static Result<std::unique_ptr<HttpClient>> create(const TransferOptions& options);

  /// Asks and waits for the whole answer; a body of more than `limit` bytes is an error of kind protocol.
  Result<HttpResponse> send(HttpRequest request, std::size_t limit, const Context& context);
  /// Asks and waits for nothing but the name look-up, and for the end of the time for which the server asked us to stay
  /// away (Retry-After). The exchange must not outlive the client.
  Result<std::unique_ptr<HttpExchange>> begin(HttpRequest request, const Context& context);
  /// Takes note of a Retry-After; send() does so by itself.
  void respect(const HttpHead& head);

 private:
  HttpClient(std::unique_ptr<TransferLoop> loop, const TransferOptions& options) noexcept;

  std::unique_ptr<TransferLoop> loop_;
  TransferOptions options_;
  Loop::Clock::time_point quiet_until_ = Loop::Clock::time_point::min();
};

}  // namespace failover
