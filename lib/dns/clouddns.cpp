#include "dns/clouddns.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
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

#include "core/pause.hpp"
#include "core/url.hpp"
#include "dns/clouddns_json.hpp"
#include "dns/provider_client.hpp"
#include "dns/provider_view.hpp"
#include "dns/record_set.hpp"
#include "dns/service_reading.hpp"
#include "dns/view_settings.hpp"
#include "dns/zone_api.hpp"
#include "net/dns_name.hpp"
#include "net/google_credentials.hpp"
#include "net/google_token.hpp"
#include "net/http_client.hpp"
#include "net/http_message.hpp"

namespace failover {

namespace {

constexpr std::array<std::string_view, 3> own_keys{"credentials-file", "endpoint", "ca-file"};
constexpr std::string_view usual_endpoint = "https://dns.googleapis.com";
constexpr std::string_view scope = "https://www.googleapis.com/auth/ndev.clouddns.readwrite";
constexpr Duration first_pause = std::chrono::milliseconds(500);
constexpr Duration longest_pause = std::chrono::seconds(5);

class CloudDnsZone final : public ZoneApi {
 public:
  CloudDnsZone(std::unique_ptr<ProviderClient> client, const std::string& project, const std::string& zone)
      : client_(std::move(client)),
        label_(project + "/" + zone),
        target_(fmt::format("/dns/v1/projects/{}/managedZones/{}", percent_encode(project, ""),
                            percent_encode(zone, ""))) {}

  [[nodiscard]] std::string describe() const override {
    return fmt::format("clouddns {} at {}", label_, client_->origin().text());
  }
  [[nodiscard]] Swap swap() const noexcept override { return Swap::atomic; }

  Result<ProviderZone> zone(const Context& context) override {
    if (known_) return *known_;
    const auto what = "looking for the zone " + label_;
    const auto body = FO_TRY(client_->get(what, target_, context));
    known_ = FO_TRY(while_doing(what, parse_clouddns_zone(body)));
    return *known_;
  }

  Result<std::vector<RecordSet>> records(const DnsName& name, const Context& context) override {
    const auto what = "reading " + name.to_text();
    const auto target =
        fmt::format("{}/rrsets?maxResults=100&name={}", target_, percent_encode(name.to_text() + ".", ""));
    const auto body = FO_TRY(client_->get(what, target, context));
    return while_doing(what, parse_clouddns_sets(body, name));
  }

  Result<void> change(const RecordChange& change, const Context& context) override {
    auto state = FO_TRY(send("changing the records", change, context));
    const std::string waiting = "the change is accepted; waiting until all servers of the zone have it";
    for (auto pause = first_pause; !state.done; pause = std::min(pause * 2, longest_pause)) {
      FO_TRY(while_doing(waiting, pause_between_tries(pause, context)));
      const auto body = FO_TRY(client_->get(waiting, fmt::format("{}/changes/{}", target_, state.id), context));
      state = FO_TRY(while_doing(waiting, parse_clouddns_change(body)));
    }
    return {};
  }

  /// A change that deletes what is not there; whoever may not write is told that first.
  Result<void> prove_access(const ServiceNames& names, const Context& context) override {
    RecordChange impossible;
    const auto& name = names.has_mark ? names.epoch_record : names.service;
    impossible.remove.push_back({name, "TXT", 1, {"\"failover access check\""}});
    const auto done = send("asking for the right to write", impossible, context);
    if (done) return fail(ErrorKind::protocol, "it says that it has deleted a record that does not exist");
    if (done.error().kind == ErrorKind::conflict) return {};
    return std::unexpected(done.error());
  }

 private:
  Result<ClouddnsChange> send(std::string_view what, const RecordChange& change, const Context& context) {
    const auto body = FO_TRY(
        client_->change(what, "POST", target_ + "/changes", "application/json", clouddns_change(change), context));
    return while_doing(what, parse_clouddns_change(body));
  }

  std::unique_ptr<ProviderClient> client_;
  std::string label_;
  std::string target_;
  std::optional<ProviderZone> known_;
};

Result<DnsView> make_view(std::string_view text, std::string_view service, std::string_view epoch_record) {
  const auto url = FO_TRY(parse_url(text));
  const auto settings = FO_TRY(parse_view_settings(url, own_keys));
  const auto path = FO_TRY(url.decoded_path());
  const auto zone = path.substr(path.starts_with('/') ? 1 : 0);
  if (url.host.empty() || zone.empty() || zone.contains('/') || url.port || !url.user.empty()) {
    return fail(ErrorKind::usage, "it must be clouddns://PROJECT/ZONE?credentials-file=FILE");
  }
  std::optional<std::filesystem::path> file;
  if (const auto given = settings.get("credentials-file"); !given.empty()) file = given;
  ProviderPlace place{FO_TRY(provider_origin(usual_endpoint, settings.get("endpoint")))};
  if (const auto authority = settings.get("ca-file"); !authority.empty()) place.ca_file = authority;
  const auto token = std::make_shared<GoogleToken>(FO_TRY(find_google_credentials(file)), scope);
  ProviderManners manners;
  manners.sign = [token](HttpRequest& request, HttpClient& client, const Context& context) -> Result<void> {
    request.secret_fields.emplace_back("Authorization", FO_TRY(token->authorization(client, context)));
    return {};
  };
  manners.renew = [token] {
    token->forget();
    return true;
  };
  manners.complaint = clouddns_complaint;
  auto client = FO_TRY(ProviderClient::create(place, std::move(manners)));
  auto api = std::make_shared<CloudDnsZone>(std::move(client), url.host, zone);
  return make_provider_view(text, service, epoch_record, settings, std::move(api));
}

}  // namespace

Result<DnsView> make_clouddns_view(std::string_view url, std::string_view service, std::string_view epoch_record) {
  return while_doing(fmt::format("'{}' cannot be used", url), make_view(url, service, epoch_record));
}

}  // namespace failover
