#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/certificate.hpp"
#include "net/curl.hpp"

namespace failover {

/// Why a connection, or what went over it, failed.
struct ConnectionFailure {
  bool ours = false;   ///< we could not ask; else the peer is to blame
  int os_error = 0;    ///< errno of the connection, 0 if it was not that
  std::string reason;  ///< a clause for a person
};

/// Whom a libcurl handle may connect to.
struct ConnectionPeer {
  std::string host;  ///< the TLS name, which the certificate must be for; a numeric IPv6 address without brackets
  std::uint16_t port = 0;
  Address address;                ///< where to connect: libcurl looks nothing up
  std::optional<Address> source;  ///< where from
  bool require_certificate = false;
};

/// What makes a libcurl handle connect to one address that we resolved and to nothing else, by no proxy, with its
/// certificate judged by us. It outlives the use of the handle and stays where it is.
class PinnedConnection {
 public:
  explicit PinnedConnection(ConnectionPeer peer);
  PinnedConnection(const PinnedConnection&) = delete;
  PinnedConnection& operator=(const PinnedConnection&) = delete;
  ~PinnedConnection();

  /// Sets all that, and the URL.
  Result<void> prepare(CurlEasy easy, const std::string& scheme, const std::string& path);
  [[nodiscard]] const ConnectionPeer& peer() const noexcept { return peer_; }
  [[nodiscard]] const CertificateReport& certificate() const noexcept { return judge_.report; }
  /// What a CURLcode means as long as nothing but the connection has failed.
  [[nodiscard]] ConnectionFailure failure(CurlEasy easy, int code) const;

 private:
  struct Callbacks;
  ConnectionPeer peer_;
  void* resolve_ = nullptr;  // curl_slist
  CertificateJudge judge_;
  int own_error_ = 0;
};

}  // namespace failover
