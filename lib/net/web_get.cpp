#include "net/web_get.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/url.hpp"
#include "net/address.hpp"
#include "net/curl.hpp"

namespace failover {

namespace {

constexpr std::size_t max_headers = 64UL * 1024;

}  // namespace

/// What libcurl calls. Nothing may be thrown through it.
struct WebGet::Callbacks {
  /// We open the socket ourselves, so that a failure of ours is known as one, and nothing but the address that was
  /// resolved is ever connected to.
  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* wanted) noexcept {
    auto& get = *static_cast<WebGet*>(self);
    const auto peer = Address::from(&wanted->addr, wanted->addrlen);
    if (!peer || !peer->same_host(get.request_.address)) {
      get.own_error_ = EINVAL;
      return CURL_SOCKET_BAD;
    }
    Fd fd(socket(wanted->family, wanted->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, wanted->protocol));
    const auto& source = get.request_.source;
    if (!fd || (source && bind(fd.get(), source->data(), source->size()) != 0)) {
      get.own_error_ = errno;
      return CURL_SOCKET_BAD;
    }
    return fd.release();
  }

  static CURLcode on_ssl(CURL*, void* ssl_ctx, void* self) noexcept {
    static_cast<WebGet*>(self)->judge_.attach(ssl_ctx);
    return CURLE_OK;
  }

  static std::size_t on_header(char*, std::size_t, std::size_t size, void* self) noexcept {
    auto& get = *static_cast<WebGet*>(self);
    get.header_bytes_ += size;
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

WebGet::WebGet(Curl& curl, WebRequest request, WebDone done) noexcept
    : curl_(curl), request_(std::move(request)), done_(std::move(done)) {
  judge_.host = request_.host;
  judge_.require = request_.require_certificate;
}

WebGet::~WebGet() {
  if (easy_ != nullptr) {
    curl_.remove(easy_);
    curl_easy_cleanup(easy_);
  }
  curl_slist_free_all(static_cast<curl_slist*>(resolve_));
}

Result<std::unique_ptr<WebGet>> WebGet::start(Curl& curl, WebRequest request, WebDone done) {
  std::unique_ptr<WebGet> get(new WebGet(curl, std::move(request), std::move(done)));
  FO_TRY(get->prepare());
  FO_TRY(curl.add(get->easy_, [self = get.get()](int code) { self->finish(code); }));
  return get;
}

Result<void> WebGet::prepare() {
  easy_ = FO_TRY(Curl::make_easy());
  const auto url =
      fmt::format("{}://{}{}", request_.scheme, host_and_port(request_.host, request_.port), request_.path);
  const auto pin = fmt::format("{}:{}:{}", request_.host, request_.port, request_.address.host());
  if (!request_.host.contains(':')) {
    resolve_ = curl_slist_append(nullptr, pin.c_str());
    if (resolve_ == nullptr) return fail(ErrorKind::internal, "out of memory");
  }
  bool accepted = true;
  const auto set = [&](CURLoption option, auto value) {
    accepted = accepted && curl_easy_setopt(easy_, option, value) == CURLE_OK;
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_RESOLVE, static_cast<curl_slist*>(resolve_));
  set(CURLOPT_PROTOCOLS_STR, request_.scheme.c_str());
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_USERAGENT, "fo-probe");
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_OPENSOCKETFUNCTION, &Callbacks::open_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_HEADERFUNCTION, &Callbacks::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Callbacks::on_body);
  set(CURLOPT_WRITEDATA, this);
  // A certificate bundle costs 18 ms of CPU per handle; of a folder only what is needed is read.
  set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  set(CURLOPT_CAPATH, "/etc/ssl/certs");
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  // The judge checks the name, too.
  set(CURLOPT_SSL_VERIFYHOST, 0L);
  set(CURLOPT_SSL_CTX_FUNCTION, &Callbacks::on_ssl);
  set(CURLOPT_SSL_CTX_DATA, this);
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
  WebAnswer answer;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &answer.status);
  answer.body = std::move(body_);
  answer.certificate = judge_.report;
  done(std::move(answer));
}

WebFailure WebGet::failure(int code) const {
  if (own_error_ != 0) {
    return {true, own_error_, fmt::format("no socket: {}", std::generic_category().message(own_error_))};
  }
  long os_error = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
  const int error = static_cast<int>(os_error);
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      // Whose fault it is lies in the errno; without one libcurl did not get as far as connecting.
      if (error == 0) return {true, 0, "libcurl did not connect"};
      return {false, error, std::generic_category().message(error)};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {false, 0,
              fmt::format("certificate refused: {}",
                          judge_.report.problem.empty() ? "not verified" : judge_.report.problem)};
    case CURLE_SSL_CONNECT_ERROR:
      return {false, 0, "TLS handshake failed"};
    case CURLE_GOT_NOTHING:
      return {false, 0, "closed without an answer"};
    case CURLE_PARTIAL_FILE:
      return {false, 0, "closed in the middle of its answer"};
    case CURLE_RECV_ERROR:
      return {false, error, "connection broken while answering"};
    case CURLE_SEND_ERROR:
      return {false, error, "connection broken while asked"};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_BAD_CONTENT_ENCODING:
      return {false, 0, "the answer is not HTTP"};
    case CURLE_WRITE_ERROR:
      return {false, 0, "its headers are larger than 64 KiB"};
    default:
      return {true, error, curl_easy_strerror(static_cast<CURLcode>(code))};
  }
}

}  // namespace failover
