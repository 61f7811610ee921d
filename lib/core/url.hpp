#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// A URL as our options use it (RFC 3986): SCHEME://[USER@]HOST[:PORT][/PATH][?KEY=VALUE&..]. A password is refused
/// (property secret).
struct Url {
  std::string scheme;  ///< lower case
  std::string user;    ///< decoded
  std::string host;    ///< without the brackets of an IPv6 address
  std::optional<std::uint16_t> port;
  std::string path;   ///< as written, still encoded, with its leading slash; empty if there is none
  std::string query;  ///< as written, without '?'
  bool has_query = false;

  /// The decoded path.
  [[nodiscard]] Result<std::string> decoded_path() const;
  /// The query as decoded pairs, in order.
  [[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> parameters() const;
};

/// An error of kind usage names the part that is wrong. Control characters and blanks are refused.
Result<Url> parse_url(std::string_view text);

/// %XX -> byte; a bad escape or an encoded NUL is an error of kind usage.
Result<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view text, std::string_view keep);

/// "host:port" with brackets around an IPv6 address.
std::string host_and_port(std::string_view host, std::uint16_t port);

}  // namespace failover
