#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/url.hpp"
#include "dns/authority_verifier.hpp"
#include "dns/name_servers.hpp"
#include "dns/primary_server.hpp"
#include "dns/rfc2136.hpp"
#include "dns/service_reading.hpp"
#include "dns/view_settings.hpp"
#include "net/dns_client.hpp"
#include "net/dns_name.hpp"
#include "net/tsig_key.hpp"

namespace failover {

namespace {

constexpr std::uint16_t dns_port = 53;
constexpr std::array<std::string_view, 1> own_keys{"key-file"};

/// The URL taken apart.
struct Settings {
  HostPort server;
  std::string zone;
  ViewSettings view;
};

Result<Settings> parse_settings(std::string_view text) {
  const auto url = FO_TRY(parse_url(text));
  Settings settings;
  settings.server = {url.host, url.port.value_or(dns_port)};
  const auto path = FO_TRY(url.decoded_path());
  settings.zone = path.substr(path.starts_with('/') ? 1 : 0);
  if (url.host.empty() || settings.zone.empty() || !url.user.empty()) {
    return fail(ErrorKind::usage, "it must be rfc2136://SERVER[:53]/ZONE?key-file=FILE");
  }
  settings.view = FO_TRY(parse_view_settings(url, own_keys));
  if (settings.view.get("key-file").empty()) return fail(ErrorKind::usage, "it lacks key-file=FILE");
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
  zone.names.service = FO_TRY(name_in_zone(service, zone.zone));
  zone.names.epoch_record = FO_TRY(name_in_zone(epoch_record, zone.zone));
  zone.ttl = settings.view.ttl.value_or(zone.ttl);
  zone.primary = std::make_shared<const PrimaryServer>(settings.server,
                                                       FO_TRY(read_tsig_key(settings.view.get("key-file"))), clock);
  const auto find = [primary = zone.primary, name = zone.zone,
                     settings = settings.view](const Context& context) -> Result<std::vector<NameServer>> {
    if (!settings.verify.empty()) return named_servers(settings.verify, context);
    return find_name_servers(*primary, name, settings.ns_port, context);
  };
  DnsView view;
  view.name = url;
  view.from = settings.view.from;
  view.to = settings.view.to;
  view.ttl = settings.view.ttl;
  view.verifier = make_authority_verifier(fmt::format("zone {}", zone.zone.to_text()), zone.names, find);
  view.updater = make_rfc2136_updater(std::move(zone));
  return view;
}

}  // namespace

Result<DnsView> make_rfc2136_view(std::string_view url, std::string_view service, std::string_view epoch_record,
                                  const WallClock& clock) {
  return while_doing(fmt::format("'{}' cannot be used", url), make_view(url, service, epoch_record, clock));
}

}  // namespace failover
