#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/certificate.hpp"
#include "net/curl.hpp"
#include "net/pinned_connection.hpp"

namespace failover {

/// One page to ask for. No redirects, no proxy, no cookies, no credentials, a connection of its own.
struct WebRequest {
  std::string scheme;  ///< http or https
  std::string host;    ///< goes into the Host header and the TLS name; a numeric IPv6 address without brackets
  std::uint16_t port = 0;
  std::string path;               ///< with its query
  Address address;                ///< where to connect: libcurl looks nothing up
  std::optional<Address> source;  ///< where from
  bool require_certificate = false;
  bool keep_body = false;  ///< else only its end is waited for
};

/// The answer came whole, or so much of it that the rest does not matter.
struct WebAnswer {
  long status = 0;
  std::string body;  ///< if it was to be kept: its first WebGet::most_body bytes
  CertificateReport certificate;
};

using WebFailure = ConnectionFailure;
using WebDone = std::function<void(std::expected<WebAnswer, WebFailure>)>;

/// A GET that runs; destroying it cancels. `done` is called once, from the loop.
class WebGet {
 public:
  /// A larger page is left there, and counts as a whole answer.
  static constexpr std::size_t most_body = 64UL * 1024;

  static Result<std::unique_ptr<WebGet>> start(Curl& curl, WebRequest request, WebDone done);
  WebGet(const WebGet&) = delete;
  WebGet& operator=(const WebGet&) = delete;
  ~WebGet();

  /// The status line has come; what is missing is the rest.
  [[nodiscard]] bool has_begun_to_answer() const noexcept;

 private:
  struct Callbacks;
  WebGet(Curl& curl, WebRequest request, WebDone done);
  Result<void> prepare();
  void finish(int code);
  [[nodiscard]] WebFailure failure(int code) const;

  Curl& curl_;
  WebRequest request_;
  WebDone done_;
  CurlEasy easy_ = nullptr;
  PinnedConnection connection_;
  std::size_t header_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  std::string body_;
  bool header_ended_ = false;
  bool enough_ = false;
};

}  // namespace failover
