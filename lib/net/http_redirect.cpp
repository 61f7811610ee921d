#include "net/http_redirect.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/url.hpp"
#include "net/http_message.hpp"
#include "net/server_origin.hpp"

namespace failover {

namespace {

/// RFC 3986 section 5.2.4, as far as it matters: a server that wants us at /a/../b may say /b.
Result<std::string> checked_target(std::string_view target) {
  for (const char c : target) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) {
      return fail(ErrorKind::protocol, "the redirection holds a blank or control character");
    }
  }
  return std::string(target.substr(0, target.find('#')));
}

}  // namespace

bool is_redirect(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<std::string> redirect_target(const HttpRequest& request, const HttpHead& head) {
  const auto location = head.find("Location").value_or("");
  if (location.empty()) {
    return fail(ErrorKind::protocol,
                fmt::format("{} redirects ({}) without saying where to", request.origin.text(), head.status));
  }
  if (location.starts_with('/') && !location.starts_with("//")) return checked_target(location);
  const auto absolute =
      location.starts_with("//") ? request.origin.scheme + ":" + std::string(location) : std::string(location);
  if (!absolute.contains("://")) {
    const auto path = request.target.substr(0, request.target.find('?'));
    return checked_target(path.substr(0, path.rfind('/') + 1) + absolute);
  }
  const auto url = parse_url(std::string_view(absolute).substr(0, absolute.find('#')));
  const auto origin = url ? origin_of(*url) : Result<ServerOrigin>(std::unexpected(url.error()));
  if (!origin || !url->user.empty()) {
    return fail(ErrorKind::protocol, fmt::format("{} redirects to what is no usable URL", request.origin.text()));
  }
  if (*origin != request.origin) {
    return fail(
        ErrorKind::refused,
        fmt::format("{} redirects to {}{}, and another host, port or scheme is never followed; name that as the "
                    "source if it is the right one",
                    request.origin.text(), origin->text(), url->path));
  }
  return checked_target((url->path.empty() ? "/" : url->path) + (url->has_query ? "?" + url->query : ""));
}

}  // namespace failover
