#include "dns/powerdns.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "core/url.hpp"
#include "dns/powerdns_json.hpp"
#include "dns/provider_client.hpp"
#include "dns/provider_view.hpp"
#include "dns/record_set.hpp"
#include "dns/service_reading.hpp"
#include "dns/view_settings.hpp"
#include "dns/zone_api.hpp"
#include "net/dns_name.hpp"
#include "net/http_client.hpp"
#include "net/http_message.hpp"
#include "net/server_origin.hpp"

namespace failover {

namespace {

constexpr std::array<std::string_view, 3> own_keys{"key-file", "server", "ca-file"};
constexpr std::uint16_t api_port = 8081;
constexpr std::string_view json_type = "application/json";

class PowerdnsZone final : public ZoneApi {
 public:
  PowerdnsZone(std::unique_ptr<ProviderClient> client, DnsName zone, const std::string& server)
      : client_(std::move(client)),
        zone_(std::move(zone)),
        target_(fmt::format("/api/v1/servers/{}/zones/{}", percent_encode(server, ""),
                            percent_encode(zone_.to_text() + ".", ""))) {}

  [[nodiscard]] std::string describe() const override {
    return fmt::format("powerdns {} at {}", zone_.to_text(), client_->origin().text());
  }
  [[nodiscard]] Swap swap() const noexcept override { return Swap::checked; }

  Result<ProviderZone> zone(const Context& context) override {
    if (known_) return *known_;
    ProviderZone zone{zone_, {}};
    for (const auto& set : FO_TRY(records(zone_, context))) {
      if (set.type == "NS") zone.servers = set.values;
    }
    known_ = zone;
    return zone;
  }

  Result<std::vector<RecordSet>> records(const DnsName& name, const Context& context) override {
    const auto what = "reading " + name.to_text();
    const auto target = fmt::format("{}?rrset_name={}", target_, percent_encode(name.to_text() + ".", ""));
    const auto body = FO_TRY(client_->get(what, target, context));
    return while_doing(what, parse_powerdns_zone(body, name));
  }

  Result<void> change(const RecordChange& change, const Context& context) override {
    FO_TRY(client_->change("changing the records", "PATCH", target_, json_type, powerdns_patch(change), context));
    return {};
  }

  /// The key opens everything or nothing. A change of no record would still count up the zone's serial, so we ask for
  /// one that no zone can take.
  Result<void> prove_access(const ServiceNames& /*names*/, const Context& context) override {
    RecordChange impossible;
    impossible.add.push_back({FO_TRY(DnsName::from_text("failover-access-check.invalid")), "A", 60, {"192.0.2.1"}});
    const auto done = client_->change("asking for the right to write", "PATCH", target_, json_type,
                                      powerdns_patch(impossible), context);
    if (done) return fail(ErrorKind::protocol, "it says that it has taken a record of another zone");
    if (done.error().kind == ErrorKind::conflict) return {};
    return std::unexpected(done.error());
  }

 private:
  std::unique_ptr<ProviderClient> client_;
  DnsName zone_;
  std::string target_;
  std::optional<ProviderZone> known_;
};

Result<DnsView> make_view(std::string_view text, std::string_view service, std::string_view epoch_record) {
  auto url = FO_TRY(parse_url(text));
  const auto settings = FO_TRY(parse_view_settings(url, own_keys));
  const auto path = FO_TRY(url.decoded_path());
  const auto zone = path.substr(path.starts_with('/') ? 1 : 0);
  if (url.host.empty() || zone.empty() || !url.user.empty()) {
    return fail(ErrorKind::usage, "it must be powerdns+https://HOST/ZONE?key-file=FILE");
  }
  if (settings.get("key-file").empty()) return fail(ErrorKind::usage, "it lacks key-file=FILE");
  auto key = std::make_shared<const Secret>(FO_TRY(read_password_file(settings.get("key-file"))));
  url.scheme = url.scheme.substr(url.scheme.find('+') + 1);
  if (url.scheme == "http" && !url.port) url.port = api_port;
  ProviderPlace place{FO_TRY(origin_of(url))};
  if (const auto file = settings.get("ca-file"); !file.empty()) place.ca_file = file;
  ProviderManners manners;
  manners.sign = [key](HttpRequest& request, HttpClient& /*client*/, const Context& /*context*/) -> Result<void> {
    request.secret_fields.emplace_back("X-API-Key", Secret(std::string(key->reveal())));
    return {};
  };
  manners.complaint = powerdns_complaint;
  auto client = FO_TRY(ProviderClient::create(place, std::move(manners)));
  const auto server = settings.get("server");
  auto api = std::make_shared<PowerdnsZone>(std::move(client), FO_TRY(DnsName::from_text(zone)),
                                            server.empty() ? "localhost" : server);
  return make_provider_view(text, service, epoch_record, settings, std::move(api));
}

}  // namespace

Result<DnsView> make_powerdns_view(std::string_view url, std::string_view service, std::string_view epoch_record) {
  return while_doing(fmt::format("'{}' cannot be used", url), make_view(url, service, epoch_record));
}

}  // namespace failover
