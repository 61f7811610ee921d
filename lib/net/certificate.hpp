#pragma once

#include <optional>
#include <string>

#include <failover/context.hpp>

namespace failover {

/// What a TLS server's certificate is worth, judged while the handshake goes on.
struct CertificateReport {
  bool seen = false;
  std::string problem;                ///< a clause: wrong chain, name or date; empty = none
  std::optional<WallTime> not_after;  ///< of the server's own certificate
};

/// Judges instead of OpenSSL. For probes only: unless `require` is set the handshake goes on whatever it finds, since a
/// PBX with a wrong certificate still answers its phones.
struct CertificateJudge {
  std::string host;      ///< name or numeric address that the certificate must be for
  bool require = false;  ///< let the handshake fail
  CertificateReport report;

  /// @param ssl_ctx an SSL_CTX, as libcurl hands it out. The judge outlives every handshake made with it.
  void attach(void* ssl_ctx) noexcept;
};

}  // namespace failover
