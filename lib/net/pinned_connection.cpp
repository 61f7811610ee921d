#include "net/pinned_connection.hpp"

#include <cerrno>
#include <cstring>
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
#include "net/libcurl.hpp"

namespace failover {

namespace {

/// A zone belongs to the address, not to a name on the wire.
std::string without_zone(const std::string& host) {
  return host.substr(0, host.find('%'));
}

}  // namespace

/// What libcurl calls. Nothing may be thrown through it.
struct PinnedConnection::Callbacks {
  /// We open the socket ourselves, so that a failure of ours is known as one, and nothing but the address that was
  /// resolved is ever connected to.
  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* wanted) noexcept {
    auto& pinned = *static_cast<PinnedConnection*>(self);
    const auto& address = pinned.peer_.address;
    const auto named = Address::from(&wanted->addr, wanted->addrlen);
    if (!named || named->family() != address.family() || !named->same_host(address)) {
      pinned.own_error_ = EINVAL;
      return CURL_SOCKET_BAD;
    }
    // With its zone, which no URL can carry.
    std::memcpy(static_cast<void*>(&wanted->addr), address.data(), address.size());
    Fd fd(socket(wanted->family, wanted->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, wanted->protocol));
    const auto& source = pinned.peer_.source;
    if (!fd || (source && bind(fd.get(), source->data(), source->size()) != 0)) {
      pinned.own_error_ = errno;
      return CURL_SOCKET_BAD;
    }
    return fd.release();
  }

  static CURLcode on_ssl(CURL*, void* ssl_ctx, void* self) noexcept {
    static_cast<PinnedConnection*>(self)->judge_.attach(ssl_ctx);
    return CURLE_OK;
  }
};

PinnedConnection::PinnedConnection(ConnectionPeer peer) : peer_(std::move(peer)) {
  peer_.host = without_zone(peer_.host);
  peer_.address.set_port(peer_.port);
  judge_.host = peer_.host;
  judge_.require = peer_.require_certificate;
}

PinnedConnection::~PinnedConnection() {
  if (resolve_ != nullptr) libcurl().slist_free_all(static_cast<curl_slist*>(resolve_));
}

Result<void> PinnedConnection::prepare(CurlEasy easy, const std::string& scheme, const std::string& path) {
  const auto url = fmt::format("{}://{}{}", scheme, host_and_port(peer_.host, peer_.port), path);
  const auto pin = fmt::format("{}:{}:{}", peer_.host, peer_.port, without_zone(peer_.address.host()));
  if (!peer_.host.contains(':')) {
    resolve_ = libcurl().slist_append(nullptr, pin.c_str());
    if (resolve_ == nullptr) return fail(ErrorKind::internal, "out of memory");
  }
  bool accepted = true;
  const auto set = [&](CURLoption option, auto value) {
    accepted = accepted && libcurl().easy_setopt(easy, option, value) == CURLE_OK;
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_RESOLVE, static_cast<curl_slist*>(resolve_));
  set(CURLOPT_PROTOCOLS_STR, scheme.c_str());
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_OPENSOCKETFUNCTION, &Callbacks::open_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
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

ConnectionFailure PinnedConnection::failure(CurlEasy easy, int code) const {
  if (own_error_ != 0) {
    return {true, own_error_, fmt::format("no socket: {}", std::generic_category().message(own_error_))};
  }
  long os_error = 0;
  libcurl().easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error);
  const int error = static_cast<int>(os_error);
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
      // Whose fault it is lies in the errno; without one libcurl did not get as far as connecting.
      if (error == 0) return {true, 0, "libcurl did not connect"};
      return {false, error, std::generic_category().message(error)};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {false, 0,
              fmt::format("certificate refused: {}",
                          judge_.report.problem.empty() ? "not verified" : judge_.report.problem)};
    case CURLE_SSL_CONNECT_ERROR:
      return {false, 0, "TLS handshake failed"};
    case CURLE_RECV_ERROR:
      return {false, error, "connection broken while answering"};
    case CURLE_SEND_ERROR:
      return {false, error, "connection broken while asked"};
    default:
      return {true, error, libcurl().easy_strerror(static_cast<CURLcode>(code))};
  }
}

}  // namespace failover
