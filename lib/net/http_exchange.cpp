#include "net/http_exchange.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "net/http_message.hpp"
#include "net/http_redirect.hpp"
#include "net/libcurl.hpp"
#include "net/transfer.hpp"
#include "net/transfer_loop.hpp"

namespace failover {

namespace {

constexpr unsigned most_redirections = 5;
constexpr std::size_t piece = std::size_t{64} * 1024;

bool has_line_break(std::string_view text) noexcept {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

}  // namespace

HttpExchange::HttpExchange(TransferLoop& loop, HttpRequest request, const TransferOptions& options) noexcept
    : loop_(loop), request_(std::move(request)), options_(options) {}

HttpExchange::~HttpExchange() {
  transfer_.reset();
  drop_fields();
}

/// Some of them are secrets, and libcurl's copy of them is wiped as ours is.
void HttpExchange::drop_fields() noexcept {
  auto* const list = static_cast<curl_slist*>(fields_);
  for (auto* node = list; node != nullptr; node = node->next) OPENSSL_cleanse(node->data, std::strlen(node->data));
  if (list != nullptr) libcurl().slist_free_all(list);
  fields_ = nullptr;
}

bool HttpExchange::append_field(const std::string& line) {
  auto* const longer = libcurl().slist_append(static_cast<curl_slist*>(fields_), line.c_str());
  if (longer == nullptr) return false;
  fields_ = longer;
  return true;
}

Result<std::unique_ptr<HttpExchange>> HttpExchange::start(TransferLoop& loop, HttpRequest request,
                                                          const TransferOptions& options, const Context& context) {
  std::unique_ptr<HttpExchange> exchange(new HttpExchange(loop, std::move(request), options));
  FO_TRY(exchange->send(context));
  return exchange;
}

Result<void> HttpExchange::send(const Context& context) {
  reader_ = {};
  transfer_.reset();
  drop_fields();
  transfer_ = FO_TRY(Transfer::prepare(loop_, request_.origin, request_.target, options_, context));
  FO_TRY(set_request());
  transfer_->on_header([this](std::string_view line) { return reader_.add(line); });
  return transfer_->start();
}

Result<bool> HttpExchange::append_fields() {
  bool accepted = append_field("Expect:") && append_field("Host: " + request_.origin.authority());
  bool has_encoding = false;
  for (const auto& field : request_.fields) {
    if (has_line_break(field.name) || has_line_break(field.value)) {
      return fail(ErrorKind::usage, fmt::format("the header field {} must not hold a line break", field.name));
    }
    has_encoding = has_encoding || field.name == "Accept-Encoding";
    accepted = accepted && append_field(field.name + ": " + field.value);
  }
  if (!has_encoding) accepted = accepted && append_field("Accept-Encoding: identity");
  for (const auto& [name, value] : request_.secret_fields) {
    if (has_line_break(value.reveal())) {
      return fail(ErrorKind::config, "a credential holds a line break or NUL; see its file");
    }
    std::string line = name + ": ";
    line += value.reveal();
    const Secret wiped(std::move(line));
    accepted = accepted && append_field(std::string(wiped.reveal()));
  }
  return accepted;
}

Result<void> HttpExchange::set_request() {
  bool accepted = FO_TRY(append_fields());
  auto* const easy = transfer_->easy();
  const auto set = [&](CURLoption option, auto value) {
    accepted = accepted && libcurl().easy_setopt(easy, option, value) == CURLE_OK;
  };
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  if (request_.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (request_.method != "GET") {
    const auto body = request_.body ? request_.body->reveal() : std::string_view{};
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
    if (request_.method != "POST") set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    // On a connection that turns out to be closed libcurl would send it a second time.
    if (request_.at_most_once) set(CURLOPT_FRESH_CONNECT, 1L);
  } else {
    set(CURLOPT_HTTPGET, 1L);
  }
  set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(fields_));
  if (!accepted) return fail(ErrorKind::internal, "libcurl does not take the request");
  return {};
}

Result<const HttpHead*> HttpExchange::head(const Context& context) {
  while (true) {
    FO_TRY(transfer_->wait_for([this] { return reader_.complete(); }, context));
    if (!reader_.complete()) return fail(ErrorKind::protocol, request_.origin.text() + " answers without a header");
    const auto& head = reader_.head();
    if (!request_.follow_redirects || !is_redirect(head.status)) return &head;
    const bool reads = request_.method == "GET" || request_.method == "HEAD";
    if (!reads || ++redirections_ > most_redirections) {
      return fail(ErrorKind::protocol,
                  fmt::format("{} redirects again and again; see its configuration", request_.origin.text()));
    }
    request_.target = FO_TRY(redirect_target(request_, head));
    FO_TRY(send(context));
  }
}

Result<std::size_t> HttpExchange::read(std::span<std::byte> buffer, const Context& context) {
  FO_TRY(head(context));
  return transfer_->read(buffer, context);
}

Result<std::string> HttpExchange::read_body(std::size_t limit, const Context& context) {
  std::string body;
  std::array<std::byte, piece> buffer{};
  while (true) {
    const auto count = FO_TRY(read(buffer, context));
    if (count == 0) return body;
    if (body.size() + count > limit) {
      return fail(ErrorKind::protocol, fmt::format("{} sends more than {} where a short answer belongs",
                                                   request_.origin.text(), human_size(limit)));
    }
    body.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
}

}  // namespace failover
