#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/http_message.hpp"
#include "net/transfer.hpp"
#include "net/transfer_loop.hpp"

namespace failover {

/// One request and its answer, whose body is pulled. Several of one loop go on side by side while one is waited for.
class HttpExchange {
 public:
  static Result<std::unique_ptr<HttpExchange>> start(TransferLoop& loop, HttpRequest request,
                                                     const TransferOptions& options, const Context& context);
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;
  ~HttpExchange();

  /// Status and fields of the final answer, redirections followed; waits for them. Valid as long as the exchange.
  Result<const HttpHead*> head(const Context& context);
  /// At least one byte of the body, or 0 at its end. A body that is shorter than announced is an error: unreachable.
  Result<std::size_t> read(std::span<std::byte> buffer, const Context& context);
  /// The rest of the body; an error of kind protocol when it is longer than `limit`.
  Result<std::string> read_body(std::size_t limit, const Context& context);
  [[nodiscard]] const HttpRequest& request() const noexcept { return request_; }

 private:
  HttpExchange(TransferLoop& loop, HttpRequest request, const TransferOptions& options) noexcept;
  Result<void> send(const Context& context);
  /// Every header field; false when libcurl has no memory for one.
  Result<bool> append_fields();
  Result<void> set_request();
  bool append_field(const std::string& line);
  void drop_fields() noexcept;

  TransferLoop& loop_;
  HttpRequest request_;
  TransferOptions options_;
  void* fields_ = nullptr;  // curl_slist
  HttpHeadReader reader_;
  unsigned redirections_ = 0;
  std::unique_ptr<Transfer> transfer_;  // goes first: libcurl uses what is above
};

}  // namespace failover
