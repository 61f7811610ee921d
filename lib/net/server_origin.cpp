#include "net/server_origin.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "core/url.hpp"
#include "net/address.hpp"

namespace failover {

namespace {

constexpr std::array<std::pair<std::string_view, std::uint16_t>, 2> default_ports{{{"http", 80}, {"https", 443}}};

std::uint16_t default_port(std::string_view scheme) noexcept {
  for (const auto& [name, port] : default_ports) {
    if (name == scheme) return port;
  }
  return 0;
}

}  // namespace

std::string ServerOrigin::authority() const {
  if (port != default_port(scheme)) return host_and_port(host, port);
  return host.contains(':') ? "[" + host + "]" : host;
}

std::string ServerOrigin::text() const {
  return scheme + "://" + authority();
}

bool ServerOrigin::is_loopback() const {
  if (const auto address = Address::parse(host, port)) return address->is_loopback();
  return host == "localhost";
}

Result<ServerOrigin> origin_of(const Url& url) {
  const auto port = url.port.value_or(default_port(url.scheme));
  if (port == 0) return fail(ErrorKind::usage, "'" + url.scheme + "' has no port of its own");
  if (url.host.empty()) return fail(ErrorKind::usage, "it names no host");
  return ServerOrigin{url.scheme, ascii_lower(url.host), port};
}

}  // namespace failover
