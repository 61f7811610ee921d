#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/url.hpp"
#include "net/address.hpp"
#include "net/dns_name.hpp"
#include "probe/registry.hpp"
#include "probe/target_parameter.hpp"

namespace failover {

namespace {

Result<const TargetKind*> find_kind(std::string_view scheme) {
  if (const auto* const found = find_target_kind(scheme)) return found;
  std::string known;
  for (const auto& kind : target_kinds()) known += fmt::format("{}{}://", known.empty() ? "" : ", ", kind.scheme);
  return fail(ErrorKind::usage, fmt::format("'{}://' is not a kind of target; known are {}", scheme, known));
}

/// A name, or an address with perhaps a zone ("fe80::1%25eth0" in a URL).
Result<std::string> read_host(const Url& url, const TargetKind& kind) {
  if (kind.path == TargetPath::program) {
    if (!url.host.empty()) return fail(ErrorKind::usage, fmt::format("it has no host: {}:///PROGRAM", kind.scheme));
    return std::string{};
  }
  if (url.host.empty()) return fail(ErrorKind::usage, "the host is missing");
  auto host = FO_TRY(percent_decode(url.host));
  const bool zone = host.contains('%');
  if (zone && kind.path == TargetPath::page) {
    return fail(ErrorKind::usage, "an address with a zone cannot be asked for a web page");
  }
  if (!is_host_name(host) && !Address::parse(host, 0)) {
    return fail(ErrorKind::usage, fmt::format("'{}' is neither a host name nor an address of an interface here", host));
  }
  return host;
}

Result<std::uint16_t> read_port(const Url& url, const TargetKind& kind) {
  if (kind.port == TargetKind::portless) {
    if (url.port) return fail(ErrorKind::usage, fmt::format("{}:// takes no port", kind.scheme));
    return std::uint16_t{0};
  }
  if (!url.port && kind.port == TargetKind::port_missing) {
    return fail(ErrorKind::usage, fmt::format("the port is missing: {}://HOST:PORT", kind.scheme));
  }
  return url.port.value_or(static_cast<std::uint16_t>(kind.port));
}

Result<std::string> read_path(const Url& url, const TargetKind& kind) {
  if (kind.path == TargetPath::page) return url.path.empty() ? "/" : url.path;
  auto path = FO_TRY(url.decoded_path());
  switch (kind.path) {
    case TargetPath::none:
      if (!path.empty() && path != "/") return fail(ErrorKind::usage, fmt::format("{}:// takes no path", kind.scheme));
      return std::string{};
    case TargetPath::name:
      if (path.size() < 2) {
        return fail(ErrorKind::usage, fmt::format("the name to ask for is missing: {}://SERVER/NAME", kind.scheme));
      }
      path.erase(0, 1);
      FO_TRY(DnsName::from_text(path));
      break;
    case TargetPath::program:
      if (path.size() < 2)
        return fail(ErrorKind::usage, fmt::format("the program is missing: {}:///PROGRAM", kind.scheme));
      break;
    case TargetPath::page:
      break;
  }
  return path;
}

std::unexpected<Error> unknown_parameter(const TargetKind& kind, std::string_view name) {
  std::string known(kind.parameters);
  for (std::size_t at = 0; (at = known.find(' ', at)) != std::string::npos; at += 2) known.replace(at, 1, ", ");
  return fail(ErrorKind::usage, fmt::format("{}:// takes no parameter '{}'; known: {}", kind.scheme, name,
                                            known.empty() ? "none" : known));
}

/// Sorts the query into our parameters and the web page's own, which stay as they were written.
Result<void> read_query(const Url& url, const TargetKind& kind, Target& target) {
  std::optional<std::string> kept;
  std::string_view rest = url.query;
  for (bool more = url.has_query; more;) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    more = end != std::string_view::npos;
    if (more) rest.remove_prefix(end + 1);
    const auto equals = pair.find('=');
    auto name = FO_TRY(percent_decode(pair.substr(0, equals)));
    if (!kind.takes(name)) {
      if (kind.path == TargetPath::page) {
        kept = kept ? fmt::format("{}&{}", *kept, pair) : std::string(pair);
      } else if (!pair.empty()) {
        return unknown_parameter(kind, name);
      }
      continue;
    }
    auto value =
        FO_TRY(percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1)));
    FO_TRY(check_target_parameter(kind.scheme, name, value));
    if (target.parameter(name) != nullptr && !may_repeat(name)) {
      return fail(ErrorKind::usage, fmt::format("the parameter '{}' is given twice", name));
    }
    target.parameters.emplace_back(std::move(name), std::move(value));
  }
  if (kept) target.path += "?" + *kept;
  return {};
}

Result<Target> read_target(std::string_view text) {
  const auto url = FO_TRY(parse_url(text));
  const auto& kind = *FO_TRY(find_kind(url.scheme));
  if (!url.user.empty()) return fail(ErrorKind::usage, "a user is not part of a target: a probe never logs in");
  Target target;
  target.text = std::string(text);
  target.scheme = url.scheme;
  target.host = FO_TRY(read_host(url, kind));
  target.port = FO_TRY(read_port(url, kind));
  target.default_port = !url.port;
  target.path = FO_TRY(read_path(url, kind));
  FO_TRY(read_query(url, kind, target));
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
  const auto* const kind = find_target_kind(scheme);
  return kind != nullptr && kind->weak;
}

Result<Target> parse_target(std::string_view text) {
  return while_doing(fmt::format("target '{}'", text.substr(0, 200)), read_target(text));
}

}  // namespace failover
