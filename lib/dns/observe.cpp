#include "dns/observe.hpp"

#include <expected>
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

#include "core/url.hpp"
#include "dns/authority_verifier.hpp"
#include "dns/name_servers.hpp"
#include "dns/primary_server.hpp"
#include "dns/service_reading.hpp"
#include "dns/swap_rule.hpp"
#include "dns/view_settings.hpp"
#include "dns/zone_finder.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

FindServers servers_of(const DnsName& service, const ViewSettings& settings) {
  return [service, settings](const Context& context) -> Result<std::vector<NameServer>> {
    if (!settings.verify.empty()) return named_servers(settings.verify, context);
    const auto found = FO_TRY(find_zone(service, context));
    std::vector<HostPort> places;
    places.reserve(found.servers.size());
    for (const auto& server : found.servers) places.push_back({server, settings.ns_port});
    return named_servers(places, context);
  };
}

class ObserveUpdater final : public DnsUpdater {
 public:
  /// @param holds_mark it was asked to, which it cannot
  ObserveUpdater(DnsName service, std::unique_ptr<DnsVerifier> servers, bool holds_mark)
      : service_(std::move(service)), servers_(std::move(servers)), holds_mark_(holds_mark) {}

  [[nodiscard]] std::string describe() const override { return "observe " + service_.to_text(); }
  [[nodiscard]] Swap swap() const noexcept override { return Swap::checked; }

  Result<ServiceRecord> current(const Context& context) override {
    return while_doing(describe(), what_servers_say(context));
  }

  Result<void> replace(const ServiceRecord& given_from, const ServiceRecord& given_to,
                       const Context& context) override {
    const auto from = FO_TRY(canonical_record(given_from));
    const auto to = FO_TRY(canonical_record(given_to));
    FO_TRY(while_doing(describe(), check_swap(from, to)));
    if (to.mark) return no_place_for_marks();
    const auto now = FO_TRY(current(context));
    if (!same_content(now, from) && !same_content(now, to)) {
      return fail(ErrorKind::conflict, fmt::format("{}: it is not as it was read ({}), nothing was changed; it now "
                                                   "has {}",
                                                   describe(), in_words(from), in_words(now)));
    }
    return while_doing("waiting for whoever moves it", servers_->wait_until(to, context));
  }

  Result<void> prove_access(const Context& /*context*/) override {
    return holds_mark_ ? no_place_for_marks() : Result<void>();
  }

 private:
  [[nodiscard]] Result<void> no_place_for_marks() const {
    return fail(ErrorKind::config,
                describe() + " changes nothing, so the epoch mark needs a zone of your own: add --epoch-dns UPDATER");
  }

  /// Those that answer must agree. While they do not, the name is being moved: another look may help.
  Result<ServiceRecord> what_servers_say(const Context& context) const {
    const auto answers = FO_TRY(servers_->ask_all(context));
    std::optional<ServiceRecord> said;
    std::optional<Error> error;
    for (const auto& answer : answers) {
      if (!answer.record) {
        if (!error) error = answer.record.error().while_doing(answer.server);
        continue;
      }
      if (said && !same_content(*said, *answer.record)) {
        return fail(ErrorKind::unreachable, fmt::format("its servers do not agree: {} says {}, others {}",
                                                        answer.server, in_words(*answer.record), in_words(*said)));
      }
      if (!said) said = *answer.record;
    }
    if (said) return *said;
    return std::unexpected(error.value_or(Error{ErrorKind::not_found, "it has no authoritative servers"}));
  }

  DnsName service_;
  std::unique_ptr<DnsVerifier> servers_;
  bool holds_mark_;
};

Result<DnsView> make_view(std::string_view text, std::string_view service, std::string_view epoch_record) {
  const auto url = FO_TRY(parse_url(text));
  const auto settings = FO_TRY(parse_view_settings(url, {}));
  if (!url.host.empty() || !(url.path.empty() || url.path == "/")) {
    return fail(ErrorKind::usage, "it must be observe://; the name is the service's");
  }
  if (service.empty()) return fail(ErrorKind::usage, "observe:// carries no epoch mark");
  const auto names = FO_TRY(service_names(service, {}));
  const auto verifier = [&] {
    return make_authority_verifier("observe " + names.service.to_text(), names, servers_of(names.service, settings));
  };
  DnsView view;
  view.name = text;
  view.from = settings.from;
  view.to = settings.to;
  view.ttl = settings.ttl;
  view.verifier = verifier();
  view.updater = std::make_unique<ObserveUpdater>(names.service, verifier(), !epoch_record.empty());
  return view;
}

}  // namespace

Result<DnsView> make_observe_view(std::string_view url, std::string_view service, std::string_view epoch_record) {
  return while_doing(fmt::format("'{}' cannot be used", url), make_view(url, service, epoch_record));
}

}  // namespace failover
