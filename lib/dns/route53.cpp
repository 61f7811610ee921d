#include "dns/route53.hpp"

#include <algorithm>
#include <array>
#include <cctype>
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
#include "dns/provider_client.hpp"
#include "dns/provider_view.hpp"
#include "dns/record_set.hpp"
#include "dns/route53_xml.hpp"
#include "dns/service_reading.hpp"
#include "dns/view_settings.hpp"
#include "dns/zone_api.hpp"
#include "net/aws_profile.hpp"
#include "net/dns_name.hpp"
#include "net/http_client.hpp"
#include "net/http_message.hpp"
#include "net/sigv4.hpp"

namespace failover {

namespace {

constexpr std::array<std::string_view, 5> own_keys{"credentials-file", "profile", "region", "endpoint", "ca-file"};
constexpr std::string_view usual_endpoint = "https://route53.amazonaws.com";
constexpr std::string_view usual_region = "us-east-1";
constexpr std::string_view api = "/2013-04-01";
constexpr Duration first_pause = std::chrono::milliseconds(500);
constexpr Duration longest_pause = std::chrono::seconds(5);

class Route53Zone final : public ZoneApi {
 public:
  Route53Zone(std::unique_ptr<ProviderClient> client, std::string id)
      : client_(std::move(client)), id_(std::move(id)), target_(fmt::format("{}/hostedzone/{}", api, id_)) {}

  [[nodiscard]] std::string describe() const override {
    return fmt::format("route53 {} at {}", id_, client_->origin().text());
  }
  [[nodiscard]] Swap swap() const noexcept override { return Swap::atomic; }

  Result<ProviderZone> zone(const Context& context) override {
    if (known_) return *known_;
    const auto what = "looking for the zone " + id_;
    const auto body = FO_TRY(client_->get(what, target_, context));
    known_ = FO_TRY(while_doing(what, parse_route53_zone(body)));
    return *known_;
  }

  Result<std::vector<RecordSet>> records(const DnsName& name, const Context& context) override {
    const auto what = "reading " + name.to_text();
    const auto target = fmt::format("{}/rrset?maxitems=100&name={}", target_, percent_encode(name.to_text() + ".", ""));
    const auto body = FO_TRY(client_->get(what, target, context));
    return while_doing(what, parse_route53_sets(body, name));
  }

  Result<void> change(const RecordChange& change, const Context& context) override {
    auto state = FO_TRY(send("changing the records", change, context));
    const std::string waiting = "the change is accepted; waiting until all servers of the zone have it";
    for (auto pause = first_pause; !state.in_sync; pause = std::min(pause * 2, longest_pause)) {
      FO_TRY(while_doing(waiting, pause_between_tries(pause, context)));
      const auto body = FO_TRY(client_->get(waiting, fmt::format("{}/change/{}", api, state.id), context));
      state = FO_TRY(while_doing(waiting, parse_route53_change(body)));
    }
    return {};
  }

  /// A batch that deletes what is not there; the rights to both names are looked at before that.
  Result<void> prove_access(const ServiceNames& names, const Context& context) override {
    RecordChange impossible;
    if (names.has_service) impossible.remove.push_back({names.service, "A", 1, {"0.0.0.0"}});
    if (names.has_mark) impossible.remove.push_back({names.epoch_record, "TXT", 1, {"\"failover access check\""}});
    const auto done = send("asking for the right to write", impossible, context);
    if (done) return fail(ErrorKind::protocol, "it says that it has deleted records that do not exist");
    if (done.error().kind == ErrorKind::conflict) return {};
    return std::unexpected(done.error());
  }

 private:
  Result<Route53Change> send(std::string_view what, const RecordChange& change, const Context& context) {
    const auto body =
        FO_TRY(client_->change(what, "POST", target_ + "/rrset", "application/xml", route53_batch(change), context));
    return while_doing(what, parse_route53_change(body));
  }

  std::unique_ptr<ProviderClient> client_;
  std::string id_;
  std::string target_;
  std::optional<ProviderZone> known_;
};

bool is_word(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '-'); });
}

Result<ProviderManners> manners_of(const ViewSettings& settings) {
  std::optional<std::filesystem::path> file;
  if (const auto given = settings.get("credentials-file"); !given.empty()) file = given;
  const auto profile_name = settings.get("profile");
  auto profile = FO_TRY(find_aws_profile(file, profile_name.empty() ? "default" : profile_name));
  if (!profile.credentials) {
    return fail(ErrorKind::config, "there are no credentials: neither credentials-file nor ~/.aws/credentials");
  }
  const auto region = settings.get("region");
  if (!is_word(region)) return fail(ErrorKind::usage, fmt::format("'{}' is no region", region));
  // The profile's region is where its other services are; Route 53 is signed for one of its own.
  const SigV4Scope scope{region.empty() ? std::string(usual_region) : region, "route53"};
  ProviderManners manners;
  const auto credentials = std::make_shared<const AwsCredentials>(std::move(*profile.credentials));
  manners.sign = [credentials, scope](HttpRequest& request, HttpClient& /*client*/, const Context& /*context*/) {
    return sign_v4(request, *credentials, scope, std::chrono::system_clock::now());
  };
  manners.complaint = route53_complaint;
  return manners;
}

Result<DnsView> make_view(std::string_view text, std::string_view service, std::string_view epoch_record) {
  const auto url = FO_TRY(parse_url(text));
  const auto settings = FO_TRY(parse_view_settings(url, own_keys));
  if (url.host.empty() || !is_word(url.host) || url.port || !url.user.empty() ||
      !(url.path.empty() || url.path == "/")) {
    return fail(ErrorKind::usage, "it must be route53://ZONEID?credentials-file=FILE");
  }
  ProviderPlace place{FO_TRY(provider_origin(usual_endpoint, settings.get("endpoint")))};
  if (const auto file = settings.get("ca-file"); !file.empty()) place.ca_file = file;
  auto manners = FO_TRY(manners_of(settings));
  auto client = FO_TRY(ProviderClient::create(place, std::move(manners)));
  auto zone = std::make_shared<Route53Zone>(std::move(client), url.host);
  return make_provider_view(text, service, epoch_record, settings, std::move(zone));
}

}  // namespace

Result<DnsView> make_route53_view(std::string_view url, std::string_view service, std::string_view epoch_record) {
  return while_doing(fmt::format("'{}' cannot be used", url), make_view(url, service, epoch_record));
}

}  // namespace failover
