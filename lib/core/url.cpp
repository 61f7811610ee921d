#include "core/url.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "core/whole_number.hpp"

namespace failover {

namespace {

bool is_scheme_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::uint16_t> parse_port(std::string_view text) {
  const auto port = whole_number<std::uint16_t>(text).value_or(0);
  if (port == 0) return fail(ErrorKind::usage, fmt::format("'{}' is not a port (1 to 65535)", text));
  return port;
}

Result<void> parse_host_and_port(std::string_view text, Url& url) {
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return fail(ErrorKind::usage, "the IPv6 address lacks its closing ']'");
    url.host = std::string(text.substr(1, close - 1));
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && !rest.starts_with(':')) return fail(ErrorKind::usage, "after ']' only ':PORT' may follow");
    has_port = !rest.empty();
    if (has_port) port = rest.substr(1);
  } else {
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
      return fail(ErrorKind::usage, "an IPv6 address must stand in brackets: [2001:db8::1]");
    }
    has_port = colon != std::string_view::npos;
    url.host = std::string(text.substr(0, colon));
    if (has_port) port = text.substr(colon + 1);
  }
  if (has_port) url.port = FO_TRY(parse_port(port));
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-._:%").contains(c);
  };
  if (!std::ranges::all_of(url.host, allowed)) {
    return fail(ErrorKind::usage, fmt::format("'{}' is not a host name or address", url.host));
  }
  return {};
}

Result<void> parse_authority(std::string_view authority, Url& url) {
  const auto at = authority.rfind('@');
  if (at != std::string_view::npos) {
    const auto user = authority.substr(0, at);
    if (user.contains(':')) {
      return fail(ErrorKind::usage, "a password must not stand in a URL; put it into a file and name that");
    }
    url.user = FO_TRY(percent_decode(user));
    authority = authority.substr(at + 1);
  }
  return parse_host_and_port(authority, url);
}

/// The URL for an error message, without what may be a password.
std::string without_user(std::string_view text) {
  const auto authority = text.find("://");
  const auto at = text.rfind('@');
  if (authority == std::string_view::npos || at == std::string_view::npos || at < authority) return std::string(text);
  return std::string(text.substr(0, authority + 3)) + "..." + std::string(text.substr(at));
}

Result<Url> parse_parts(std::string_view text) {
  const auto bad = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  if (std::ranges::any_of(text, bad))
    return fail(ErrorKind::usage, "blanks and control characters must be written as %XX");
  const auto separator = text.find("://");
  if (separator == std::string_view::npos || separator == 0) {
    return fail(ErrorKind::usage, "it must begin with SCHEME://");
  }
  Url url;
  url.scheme = ascii_lower(text.substr(0, separator));
  if (!std::ranges::all_of(url.scheme, is_scheme_char)) return fail(ErrorKind::usage, "its scheme is malformed");
  auto rest = text.substr(separator + 3);
  if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
    url.has_query = true;
    url.query = std::string(rest.substr(mark + 1));
    rest = rest.substr(0, mark);
  }
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos) url.path = std::string(rest.substr(slash));
  FO_TRY(parse_authority(rest.substr(0, slash), url));
  return url;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  return while_doing(fmt::format("'{}' is not a usable URL", without_user(text)), parse_parts(text));
}

Result<std::string> Url::decoded_path() const {
  return percent_decode(path);
}

Result<std::vector<std::pair<std::string, std::string>>> Url::parameters() const {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::string_view rest = query;
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    const auto equals = pair.find('=');
    auto key = FO_TRY(percent_decode(pair.substr(0, equals)));
    auto value =
        FO_TRY(percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1)));
    if (!key.empty()) pairs.emplace_back(std::move(key), std::move(value));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return pairs;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return fail(ErrorKind::usage, fmt::format("bad escape in '{}': '%' needs two hex digits", text));
    const int value = high * 16 + low;
    if (value == 0) return fail(ErrorKind::usage, "an encoded NUL is not allowed");
    decoded += static_cast<char>(value);
    i += 2;
  }
  return decoded;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = is_ascii_alphanumeric(c) || std::string_view("-._~").contains(c) || keep.contains(c);
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::string host_and_port(std::string_view host, std::uint16_t port) {
  return host.contains(':') ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace failover
