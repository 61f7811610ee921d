#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <openssl/types.h>

#include <failover/error.hpp>

namespace failover {

/// Our side of TLS connections that all go to one server, by whose certificate it is always proven: TLS 1.2 or 1.3,
/// chain, dates and name.
class TlsClient {
 public:
  /// @param host the name or address that the certificate must be for
  /// @param ca_file PEM, instead of the system's authorities; an error of kind config if it cannot be used
  static Result<std::unique_ptr<TlsClient>> create(std::string host,
                                                   const std::optional<std::filesystem::path>& ca_file);
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient();

  /// A connection over a connected socket, which it does not own; to be freed by the caller. With `like` it resumes
  /// that connection's session, which shows the server that both come from one client.
  [[nodiscard]] Result<SSL*> connection(int fd, SSL* like) const;
  /// The error of a handshake that failed for `ssl`, `detail` being OpenSSL's word for it.
  [[nodiscard]] Error handshake_error(const SSL* ssl, const std::string& detail) const;

 private:
  TlsClient(std::string host, bool has_ca_file, SSL_CTX* context) noexcept;

  std::string host_;
  bool has_ca_file_;
  SSL_CTX* context_;
};

}  // namespace failover
