#include "dns/observe.hpp"

#include <algorithm>
#include <chrono>
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

/// What is kept of the time for writing the mark.
constexpr Duration mark_time = std::chrono::seconds(10);

ServiceRecord addresses_of(const ServiceRecord& record) {
  return {record.addresses, record.ttl, std::nullopt};
}

ServiceRecord mark_of(const ServiceRecord& record) {
  return {{}, record.ttl, record.mark};
}

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

/// The name as its authoritative servers give it, and where its mark lives. Shared by updater and verifier.
struct Observed {
  DnsName service;
  std::unique_ptr<DnsVerifier> servers;
  std::optional<DnsView> mark;
};

class ObserveUpdater final : public DnsUpdater {
 public:
  explicit ObserveUpdater(std::shared_ptr<Observed> observed) : observed_(std::move(observed)) {}

  [[nodiscard]] std::string describe() const override {
    const auto& mark = observed_->mark;
    return fmt::format("observe {}{}", observed_->service.to_text(),
                       mark ? ", epoch in " + mark->updater->describe() : std::string());
  }
  [[nodiscard]] Swap swap() const noexcept override { return Swap::checked; }

  Result<ServiceRecord> current(const Context& context) override {
    auto record = FO_TRY(while_doing(describe(), what_servers_say(context)));
    if (observed_->mark) record.mark = FO_TRY(observed_->mark->updater->current(context)).mark;
    return record;
  }

  Result<void> replace(const ServiceRecord& given_from, const ServiceRecord& given_to,
                       const Context& context) override {
    const auto from = FO_TRY(canonical_record(given_from));
    const auto to = FO_TRY(canonical_record(given_to));
    FO_TRY(while_doing(describe(), check_swap(from, to)));
    if (to.mark && !observed_->mark) return no_place_for_marks();
    const auto now = FO_TRY(current(context));
    const bool known =
        same_content(addresses_of(now), addresses_of(from)) || same_content(addresses_of(now), addresses_of(to));
    if (!known || now.mark != from.mark) {
      return fail(ErrorKind::conflict, fmt::format("{}: it is not as it was read ({}), nothing was changed; it now "
                                                   "has {}",
                                                   describe(), in_words(from), in_words(now)));
    }
    const auto patience = std::max(context.deadline.remaining() - mark_time, context.deadline.remaining() / 2);
    FO_TRY(while_doing("waiting for whoever moves it",
                       observed_->servers->wait_until(addresses_of(to), context.within(patience))));
    if (!to.mark || to.mark == from.mark) return {};
    return observed_->mark->updater->replace(mark_of(from), mark_of(to), context);
  }

  Result<void> prove_access(const Context& context) override {
    if (!observed_->mark) return no_place_for_marks();
    return observed_->mark->updater->prove_access(context);
  }

 private:
  [[nodiscard]] Result<void> no_place_for_marks() const {
    return fail(ErrorKind::config,
                describe() + " changes nothing, so the epoch mark needs a zone of your own: add --epoch-dns UPDATER");
  }

  /// Those that answer must agree. While they do not, the name is being moved: another look may help.
  Result<ServiceRecord> what_servers_say(const Context& context) const {
    const auto answers = FO_TRY(observed_->servers->ask_all(context));
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

  std::shared_ptr<Observed> observed_;
};

class ObserveVerifier final : public DnsVerifier {
 public:
  explicit ObserveVerifier(std::shared_ptr<Observed> observed) : observed_(std::move(observed)) {}

  Result<std::vector<ServerAnswer>> ask_all(const Context& context) override {
    auto answers = FO_TRY(observed_->servers->ask_all(context));
    if (!observed_->mark) return answers;
    // The mark is the same for all of them; it is proven where it lives.
    const auto marked = observed_->mark->updater->current(context);
    for (auto& answer : answers) {
      if (!answer.record) continue;
      if (marked) {
        answer.record->mark = marked->mark;
      } else {
        answer.record = std::unexpected(marked.error());
      }
    }
    return answers;
  }

  Result<void> wait_until(const ServiceRecord& wanted, const Context& context) override {
    FO_TRY(observed_->servers->wait_until(addresses_of(wanted), context));
    if (!observed_->mark) return {};
    return observed_->mark->verifier->wait_until(mark_of(wanted), context);
  }

 private:
  std::shared_ptr<Observed> observed_;
};

Result<DnsView> make_view(std::string_view text, std::string_view service, std::optional<DnsView> mark) {
  const auto url = FO_TRY(parse_url(text));
  const auto settings = FO_TRY(parse_view_settings(url, {}));
  if (!url.host.empty() || !(url.path.empty() || url.path == "/")) {
    return fail(ErrorKind::usage, "it must be observe://; the name is the service's");
  }
  auto observed = std::make_shared<Observed>();
  observed->service = FO_TRY(DnsName::from_text(service));
  observed->servers =
      make_authority_verifier("observe " + observed->service.to_text(), ServiceNames{observed->service, DnsName()},
                              servers_of(observed->service, settings));
  observed->mark = std::move(mark);
  DnsView view;
  view.name = text;
  view.from = settings.from;
  view.to = settings.to;
  view.ttl = settings.ttl;
  view.verifier = std::make_unique<ObserveVerifier>(observed);
  view.updater = std::make_unique<ObserveUpdater>(std::move(observed));
  return view;
}

}  // namespace

Result<DnsView> make_observe_view(std::string_view url, std::string_view service, std::optional<DnsView> mark) {
  return while_doing(fmt::format("'{}' cannot be used", url), make_view(url, service, std::move(mark)));
}

}  // namespace failover
