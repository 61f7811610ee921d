#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/url.hpp"
#include "net/address.hpp"

namespace failover {

namespace {

/// What a kind of target takes.
struct Scheme {
  std::string_view name;
  std::uint16_t port;  ///< 0 = must be given
  bool weak;
  bool path;
  std::string_view parameters;  ///< ours, each followed by a blank
};

constexpr std::array schemes{Scheme{"sip", 5060, false, false, "name transport "},
                             Scheme{"http", 80, false, true, "name expect "},
                             Scheme{"https", 443, false, true, "name expect verify "},
                             Scheme{"tcp", 0, true, false, ""}, Scheme{"tunnel", 5090, true, false, ""}};

Result<const Scheme*> find_scheme(std::string_view name) {
  const auto* const found = std::ranges::find(schemes, name, &Scheme::name);
  if (found != schemes.end()) return found;
  std::string known;
  for (const auto& scheme : schemes) known += fmt::format("{}{}://", known.empty() ? "" : ", ", scheme.name);
  return fail(ErrorKind::usage, fmt::format("'{}://' is not a kind of target; known are {}", name, known));
}

bool takes(const Scheme& scheme, std::string_view parameter) noexcept {
  std::string_view rest = scheme.parameters;
  while (!rest.empty()) {
    const auto end = rest.find(' ');
    if (rest.substr(0, end) == parameter) return true;
    rest.remove_prefix(end + 1);
  }
  return false;
}

/// RFC 1123 host name, as it may go into a request.
bool is_host_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  };
  return !name.empty() && name.size() <= 253 && name.front() != '.' && name.front() != '-' &&
         std::ranges::all_of(name, allowed);
}

/// A name, or an address with perhaps a zone ("fe80::1%25eth0" in a URL).
Result<std::string> read_host(const Url& url, const Scheme& scheme) {
  if (url.host.empty()) return fail(ErrorKind::usage, "the host is missing");
  auto host = FO_TRY(percent_decode(url.host));
  const bool zone = host.contains('%');
  if (zone && scheme.path) return fail(ErrorKind::usage, "an address with a zone cannot be asked for a web page");
  if (!is_host_name(host) && !Address::parse(host, 0)) {
    return fail(ErrorKind::usage, fmt::format("'{}' is neither a host name nor an address of an interface here", host));
  }
  return host;
}

Result<void> check_parameter(std::string_view name, std::string_view value) {
  if (name == "transport" && value != "udp") {
    return fail(ErrorKind::usage, fmt::format("transport '{}' is not known; known is udp", value));
  }
  if (name == "verify" && value != "require") {
    return fail(ErrorKind::usage, fmt::format("verify '{}' is not known; known is require", value));
  }
  if (name == "name" && !is_host_name(value)) {
    return fail(ErrorKind::usage, fmt::format("name '{}' is not a host name", value));
  }
  if (name == "expect") {
    unsigned status = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), status);
    if (error != std::errc() || end != value.data() + value.size() || status < 200 || status > 599) {
      return fail(ErrorKind::usage, fmt::format("expect '{}' is not an HTTP status (200 to 599)", value));
    }
  }
  return {};
}

/// Sorts the query into our parameters and the web page's own, which stay as they were written.
Result<void> read_query(const Url& url, const Scheme& scheme, Target& target) {
  std::string kept;
  std::string_view rest = url.query;
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    const auto equals = pair.find('=');
    auto name = FO_TRY(percent_decode(pair.substr(0, equals)));
    if (!takes(scheme, name)) {
      if (!scheme.path) return fail(ErrorKind::usage, fmt::format("{}:// takes no parameter '{}'", scheme.name, name));
      kept += (kept.empty() ? "" : "&") + std::string(pair);
      continue;
    }
    auto value =
        FO_TRY(percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1)));
    FO_TRY(check_parameter(name, value));
    if (target.parameter(name) != nullptr) {
      return fail(ErrorKind::usage, fmt::format("the parameter '{}' is given twice", name));
    }
    target.parameters.emplace_back(std::move(name), std::move(value));
  }
  if (!kept.empty()) target.path += "?" + kept;
  return {};
}

Result<Target> read_target(std::string_view text) {
  const auto url = FO_TRY(parse_url(text));
  const auto& scheme = *FO_TRY(find_scheme(url.scheme));
  auto host = FO_TRY(read_host(url, scheme));
  if (!url.user.empty()) return fail(ErrorKind::usage, "a user is not part of a target: a probe never logs in");
  if (!url.port && scheme.port == 0) {
    return fail(ErrorKind::usage, fmt::format("the port is missing: {}://HOST:PORT", scheme.name));
  }
  if (!scheme.path && !url.path.empty() && url.path != "/") {
    return fail(ErrorKind::usage, fmt::format("{}:// takes no path", scheme.name));
  }
  Target target;
  target.text = std::string(text);
  target.scheme = url.scheme;
  target.host = std::move(host);
  target.port = url.port.value_or(scheme.port);
  if (scheme.path) target.path = url.path.empty() ? "/" : url.path;
  FO_TRY(read_query(url, scheme, target));
  return target;
}

}  // namespace

std::string_view to_string(Health health) noexcept {
  return health == Health::up ? "up" : "down";
}

std::string_view to_string(const Result<Health>& health) noexcept {
  return health ? to_string(*health) : std::string_view("unknown");
}

const std::string* Target::parameter(std::string_view name) const noexcept {
  for (const auto& [key, value] : parameters) {
    if (key == name) return &value;
  }
  return nullptr;
}

bool Target::weak() const noexcept {
  const auto* const found = std::ranges::find(schemes, scheme, &Scheme::name);
  return found != schemes.end() && found->weak;
}

Result<Target> parse_target(std::string_view text) {
  return while_doing(fmt::format("target '{}'", text.substr(0, 200)), read_target(text));
}

}  // namespace failover
