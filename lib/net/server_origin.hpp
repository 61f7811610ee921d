#pragma once

#include <cstdint>
#include <string>

#include <failover/error.hpp>

#include "core/url.hpp"

namespace failover {

/// Scheme, host and port: whom a request goes to, and whom its credentials are for (RFC 6454).
struct ServerOrigin {
  std::string scheme;  ///< lower case
  std::string host;    ///< name or address without brackets
  std::uint16_t port = 0;

  bool operator==(const ServerOrigin&) const = default;
  /// "https://store.example" or "https://store.example:8443".
  [[nodiscard]] std::string text() const;
  /// What the Host field says: without the scheme's own port.
  [[nodiscard]] std::string authority() const;
  /// This very host, by its usual names: what is said to it does not cross a network.
  [[nodiscard]] bool is_loopback() const;
};

/// The origin of a http or https URL; the port is the scheme's own unless there is one. Errors: usage.
Result<ServerOrigin> origin_of(const Url& url);

}  // namespace failover
