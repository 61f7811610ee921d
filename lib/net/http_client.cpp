#include "net/http_client.hpp"

#include <cstddef>
#include <memory>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/http_exchange.hpp"
#include "net/http_message.hpp"
#include "net/http_status.hpp"
#include "net/loop.hpp"
#include "net/transfer.hpp"
#include "net/transfer_loop.hpp"

namespace failover {

HttpClient::HttpClient(std::unique_ptr<TransferLoop> loop, const TransferOptions& options) noexcept
    : loop_(std::move(loop)), options_(options) {}

Result<std::unique_ptr<HttpClient>> HttpClient::create(const TransferOptions& options) {
  auto loop = FO_TRY(TransferLoop::create());
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(loop), options));
}

void HttpClient::respect(const HttpHead& head) {
  if (head.status != 429 && head.status != 503) return;
  if (const auto wait = retry_after(head)) quiet_until_ = Loop::Clock::now() + *wait;
}

Result<std::unique_ptr<HttpExchange>> HttpClient::begin(HttpRequest request, const Context& context) {
  if (Loop::Clock::now() < quiet_until_) {
    bool over = false;
    const auto timer = loop_->loop().at(quiet_until_, [&over] { over = true; });
    FO_TRY(loop_->loop().run([&over] { return over; }, context));
  }
  return HttpExchange::start(*loop_, std::move(request), options_, context);
}

Result<HttpResponse> HttpClient::send(HttpRequest request, std::size_t limit, const Context& context) {
  const auto exchange = FO_TRY(begin(std::move(request), context));
  HttpResponse response;
  response.head = *FO_TRY(exchange->head(context));
  respect(response.head);
  response.body = FO_TRY(exchange->read_body(limit, context));
  return response;
}

}  // namespace failover
