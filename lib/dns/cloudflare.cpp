#include "dns/cloudflare.hpp"

#include <array>
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
#include "dns/cloudflare_json.hpp"
#include "dns/provider_client.hpp"
#include "dns/provider_view.hpp"
#include "dns/record_set.hpp"
#include "dns/service_reading.hpp"
#include "dns/view_settings.hpp"
#include "dns/zone_api.hpp"
#include "net/dns_name.hpp"
#include "net/http_client.hpp"
#include "net/http_message.hpp"

namespace failover {

namespace {

constexpr std::array<std::string_view, 3> own_keys{"token-file", "endpoint", "ca-file"};
constexpr std::string_view usual_endpoint = "https://api.cloudflare.com";
constexpr std::string_view zones = "/client/v4/zones";
constexpr std::string_view json_type = "application/json";
/// An identity that no record has.
constexpr std::string_view no_record = "00000000000000000000000000000000";

bool is_identifier(std::string_view text) {
  return text.size() == no_record.size() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class CloudflareApi final : public ZoneApi {
 public:
  CloudflareApi(std::unique_ptr<ProviderClient> client, std::string zone)
      : client_(std::move(client)), zone_(std::move(zone)) {}

  [[nodiscard]] std::string describe() const override {
    return fmt::format("cloudflare {} at {}", zone_, client_->origin().text());
  }
  [[nodiscard]] Swap swap() const noexcept override { return Swap::checked; }

  Result<ProviderZone> zone(const Context& context) override { return FO_TRY(known(context)).zone; }

  Result<std::vector<RecordSet>> records(const DnsName& name, const Context& context) override {
    const auto what = "reading " + name.to_text();
    const auto target = fmt::format("{}?name.exact={}&per_page=100", FO_TRY(records_target(context)),
                                    percent_encode(name.to_text(), ""));
    const auto body = FO_TRY(client_->get(what, target, context));
    return while_doing(what, parse_cloudflare_records(body, name));
  }

  Result<void> change(const RecordChange& change, const Context& context) override {
    const auto target = FO_TRY(records_target(context)) + "/batch";
    FO_TRY(client_->change("changing the records", "POST", target, json_type, cloudflare_batch(change), context));
    return {};
  }

  /// A batch that deletes what is not there: whoever may not write is told that first.
  Result<void> prove_access(const ServiceNames& /*names*/, const Context& context) override {
    const auto name = FO_TRY(zone(context)).name;
    const auto target = FO_TRY(records_target(context)) + "/batch";
    RecordChange impossible;
    impossible.remove.push_back({name, "TXT", 0, {}, {std::string(no_record)}});
    const auto done = client_->change("asking for the right to write", "POST", target, json_type,
                                      cloudflare_batch(impossible), context);
    if (done) return fail(ErrorKind::protocol, "it says that it has deleted a record that does not exist");
    if (done.error().kind == ErrorKind::conflict) return {};
    return std::unexpected(done.error());
  }

 private:
  Result<CloudflareZone> known(const Context& context) {
    if (known_) return *known_;
    const auto what = "looking for the zone " + zone_;
    const auto target = is_identifier(zone_) ? fmt::format("{}/{}", zones, zone_)
                                             : fmt::format("{}?name={}", zones, percent_encode(zone_, ""));
    const auto body = FO_TRY(client_->get(what, target, context));
    auto found = FO_TRY(while_doing(what, parse_cloudflare_zone(body)));
    known_ = found;
    return found;
  }

  Result<std::string> records_target(const Context& context) {
    return fmt::format("{}/{}/dns_records", zones, FO_TRY(known(context)).id);
  }

  std::unique_ptr<ProviderClient> client_;
  std::string zone_;
  std::optional<CloudflareZone> known_;
};

Result<DnsView> make_view(std::string_view text, std::string_view service, std::string_view epoch_record) {
  const auto url = FO_TRY(parse_url(text));
  const auto settings = FO_TRY(parse_view_settings(url, own_keys));
  if (url.host.empty() || url.port || !url.user.empty() || !(url.path.empty() || url.path == "/")) {
    return fail(ErrorKind::usage, "it must be cloudflare://ZONE?token-file=FILE");
  }
  if (settings.get("token-file").empty()) return fail(ErrorKind::usage, "it lacks token-file=FILE");
  auto token = std::make_shared<const Secret>(FO_TRY(read_password_file(settings.get("token-file"))));
  ProviderPlace place{FO_TRY(provider_origin(usual_endpoint, settings.get("endpoint")))};
  if (const auto file = settings.get("ca-file"); !file.empty()) place.ca_file = file;
  ProviderManners manners;
  manners.sign = [token](HttpRequest& request, HttpClient& /*client*/, const Context& /*context*/) -> Result<void> {
    std::string value = "Bearer ";
    value += token->reveal();
    request.secret_fields.emplace_back("Authorization", Secret(std::move(value)));
    return {};
  };
  manners.complaint = cloudflare_complaint;
  auto client = FO_TRY(ProviderClient::create(place, std::move(manners)));
  auto api = std::make_shared<CloudflareApi>(std::move(client), url.host);
  return make_provider_view(text, service, epoch_record, settings, std::move(api));
}

}  // namespace

Result<DnsView> make_cloudflare_view(std::string_view url, std::string_view service, std::string_view epoch_record) {
  return while_doing(fmt::format("'{}' cannot be used", url), make_view(url, service, epoch_record));
}

}  // namespace failover
