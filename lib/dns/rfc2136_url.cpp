#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/url.hpp"
#include "core/whole_number.hpp"
#include "dns/authority_verifier.hpp"
#include "dns/name_servers.hpp"
#include "dns/primary_server.hpp"
#include "dns/rfc2136.hpp"
#include "dns/rfc2136_signing.hpp"
#include "dns/service_reading.hpp"
#include "net/dns_client.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

constexpr std::uint16_t dns_port = 53;
/// Longer than any cache should keep an address that may have to move.
constexpr std::uint32_t max_ttl = 7U * 24 * 3600;

/// The URL taken apart.
struct Settings {
  HostPort server;
  std::string zone;
  SigningParameters signing;
  std::vector<std::string> from;
  std::vector<std::string> to;
  std::optional<std::chrono::seconds> ttl;
  std::vector<HostPort> verify;
  std::uint16_t ns_port = dns_port;
};

Result<std::uint32_t> parse_number(std::string_view key, std::string_view text, std::uint32_t largest) {
  const auto value = whole_number<std::uint32_t>(text).value_or(0);
  if (value == 0 || value > largest) {
    return fail(ErrorKind::usage, fmt::format("{}={} is not a number from 1 to {}", key, text, largest));
  }
  return value;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (true) {
    const auto comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

Result<HostPort> parse_place(const std::string& text, std::uint16_t default_port) {
  const auto url = FO_TRY(parse_url("dns://" + text));
  if (url.host.empty() || !url.user.empty() || !url.path.empty() || url.has_query) {
    return fail(ErrorKind::usage, fmt::format("'{}' is not ADDRESS or ADDRESS:PORT", text));
  }
  return HostPort{url.host, url.port.value_or(default_port)};
}

Result<void> take_parameter(Settings& settings, const std::string& key, const std::string& value,
                            std::vector<std::string>& verify) {
  if (std::ranges::find(signing_parameters, key) != signing_parameters.end()) {
    if (!settings.signing.emplace(key, value).second)
      return fail(ErrorKind::usage, fmt::format("{} is given twice", key));
  } else if (key == "from" || key == "to") {
    auto& addresses = key == "from" ? settings.from : settings.to;
    for (auto& address : split(value)) addresses.push_back(std::move(address));
  } else if (key == "verify") {
    for (auto& place : split(value)) verify.push_back(std::move(place));
  } else if (key == "ttl" && !settings.ttl) {
    settings.ttl = std::chrono::seconds(FO_TRY(parse_number(key, value, max_ttl)));
  } else if (key == "ns-port") {
    settings.ns_port =
        static_cast<std::uint16_t>(FO_TRY(parse_number(key, value, std::numeric_limits<std::uint16_t>::max())));
  } else if (key == "ttl") {
    return fail(ErrorKind::usage, fmt::format("{} is given twice", key));
  } else {
    return fail(ErrorKind::usage,
                fmt::format("'{}' is no parameter of it; known are {}, from, to, ttl, verify and ns-port", key,
                            fmt::join(signing_parameters, ", ")));
  }
  return {};
}

Result<Settings> parse_settings(std::string_view text) {
  const auto url = FO_TRY(parse_url(text));
  Settings settings;
  settings.server = {url.host, url.port.value_or(dns_port)};
  const auto path = FO_TRY(url.decoded_path());
  settings.zone = path.substr(path.starts_with('/') ? 1 : 0);
  if (url.host.empty() || settings.zone.empty() || !url.user.empty()) {
    return fail(ErrorKind::usage, "it must be rfc2136://SERVER[:53]/ZONE?key-file=FILE or ?auth=gss&keytab=FILE");
  }
  std::vector<std::string> verify;
  for (const auto& parameters = FO_TRY(url.parameters()); const auto& [key, value] : parameters) {
    FO_TRY(take_parameter(settings, key, value, verify));
  }
  for (const auto& place : verify) settings.verify.push_back(FO_TRY(parse_place(place, settings.ns_port)));
  settings.from = FO_TRY(canonical_endpoints(settings.from));
  settings.to = FO_TRY(canonical_endpoints(settings.to));
  return settings;
}

Result<DnsName> name_in_zone(std::string_view text, const DnsName& zone) {
  auto name = FO_TRY(DnsName::from_text(text));
  if (!name.is_within(zone)) {
    return fail(ErrorKind::usage, fmt::format("{} is not in the zone {}", name.to_text(), zone.to_text()));
  }
  return name;
}

Result<DnsView> make_view(std::string_view url, std::string_view service, std::string_view epoch_record,
                          const WallClock& clock) {
  const auto settings = FO_TRY(parse_settings(url));
  Rfc2136Zone zone;
  zone.zone = FO_TRY(DnsName::from_text(settings.zone));
  // An empty name: that part lives in another zone, which another view is about.
  zone.names.has_service = !service.empty();
  zone.names.has_mark = !epoch_record.empty();
  if (zone.names.has_service) zone.names.service = FO_TRY(name_in_zone(service, zone.zone));
  if (zone.names.has_mark) zone.names.epoch_record = FO_TRY(name_in_zone(epoch_record, zone.zone));
  zone.ttl = settings.ttl.value_or(zone.ttl);
  auto signing = FO_TRY(make_signing(settings.signing, settings.server.host, clock));
  zone.primary =
      std::make_shared<const PrimaryServer>(settings.server, signing.transport, std::move(signing.credential), clock);
  const auto find = [primary = zone.primary, name = zone.zone,
                     settings](const Context& context) -> Result<std::vector<NameServer>> {
    if (!settings.verify.empty()) return named_servers(settings.verify, context);
    auto servers = FO_TRY(find_name_servers(*primary, name, settings.ns_port, context));
    add_hidden_primary(servers, primary, context);
    return servers;
  };
  const auto watched = settings.verify.empty() ? std::optional(zone.zone) : std::nullopt;
  DnsView view;
  view.name = url;
  view.from = settings.from;
  view.to = settings.to;
  view.ttl = settings.ttl;
  view.verifier = make_authority_verifier(fmt::format("zone {}", zone.zone.to_text()), zone.names, find, watched);
  view.updater = make_rfc2136_updater(std::move(zone));
  return view;
}

}  // namespace

Result<DnsView> make_rfc2136_view(std::string_view url, std::string_view service, std::string_view epoch_record,
                                  const WallClock& clock) {
  return while_doing(fmt::format("'{}' cannot be used", url), make_view(url, service, epoch_record, clock));
}

}  // namespace failover
