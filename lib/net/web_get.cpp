#include "net/web_get.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <failover/error.hpp>

#include "net/curl.hpp"
#include "net/libcurl.hpp"

namespace failover {

namespace {

constexpr std::size_t max_headers = 64UL * 1024;

}  // namespace

/// What libcurl calls. Nothing may be thrown through it.
struct WebGet::Callbacks {
  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) noexcept {
    auto& get = *static_cast<WebGet*>(self);
    get.header_bytes_ += size;
    const std::string_view line(data, size);
    // Of an interim response (1xx), too; then another status line follows.
    if (line.starts_with("HTTP/")) get.header_ended_ = false;
    if (line == "\r\n" || line == "\n") get.header_ended_ = true;
    return get.header_bytes_ > max_headers ? 0 : size;
  }

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) noexcept {
    auto& get = *static_cast<WebGet*>(self);
    get.body_bytes_ += size;
    get.enough_ = get.body_bytes_ > most_body;
    if (get.request_.keep_body) get.body_.append(data, std::min(size, most_body - get.body_.size()));
    return get.enough_ ? 0 : size;
  }
};

WebGet::WebGet(Curl& curl, WebRequest request, WebDone done)
    : curl_(curl),
      request_(std::move(request)),
      done_(std::move(done)),
      connection_({.host = request_.host,
                   .port = request_.port,
                   .address = request_.address,
                   .source = request_.source,
                   .require_certificate = request_.require_certificate}) {}

WebGet::~WebGet() {
  if (easy_ != nullptr) {
    curl_.remove(easy_);
    libcurl().easy_cleanup(easy_);
  }
}

Result<std::unique_ptr<WebGet>> WebGet::start(Curl& curl, WebRequest request, WebDone done) {
  std::unique_ptr<WebGet> get(new WebGet(curl, std::move(request), std::move(done)));
  FO_TRY(get->prepare());
  FO_TRY(curl.add(get->easy_, [self = get.get()](int code) { self->finish(code); }));
  return get;
}

Result<void> WebGet::prepare() {
  easy_ = FO_TRY(Curl::make_easy());
  FO_TRY(connection_.prepare(easy_, request_.scheme, request_.path));
  bool accepted = true;
  const auto set = [&](CURLoption option, auto value) {
    accepted = accepted && libcurl().easy_setopt(easy_, option, value) == CURLE_OK;
  };
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_USERAGENT, "fo-probe");
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_HEADERFUNCTION, &Callbacks::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Callbacks::on_body);
  set(CURLOPT_WRITEDATA, this);
  if (!accepted) return fail(ErrorKind::internal, "this libcurl does not know an option that it must know");
  return {};
}

bool WebGet::has_begun_to_answer() const noexcept {
  return header_bytes_ > 0;
}

void WebGet::finish(int code) {
  const auto done = std::exchange(done_, nullptr);
  if (!done) return;
  if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && enough_)) {
    done(std::unexpected(failure(code)));
    return;
  }
  if (!header_ended_) {
    // For libcurl a connection that ends within the header is an answer without a body.
    done(std::unexpected(failure(CURLE_PARTIAL_FILE)));
    return;
  }
  WebAnswer answer;
  libcurl().easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &answer.status);
  answer.body = std::move(body_);
  answer.certificate = connection_.certificate();
  done(std::move(answer));
}

WebFailure WebGet::failure(int code) const {
  switch (code) {
    case CURLE_GOT_NOTHING:
      return {false, 0, "closed without an answer"};
    case CURLE_PARTIAL_FILE:
      return {false, 0, "closed in the middle of its answer"};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_BAD_CONTENT_ENCODING:
      return {false, 0, "the answer is not HTTP"};
    case CURLE_WRITE_ERROR:
      return {false, 0, "its headers are larger than 64 KiB"};
    default:
      return connection_.failure(easy_, code);
  }
}

}  // namespace failover
