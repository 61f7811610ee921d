#include "dns/provider_view.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/pause.hpp"
#include "dns/authority_verifier.hpp"
#include "dns/name_servers.hpp"
#include "dns/primary_server.hpp"
#include "dns/record_set.hpp"
#include "dns/service_reading.hpp"
#include "dns/settle.hpp"
#include "dns/swap_rule.hpp"
#include "dns/view_settings.hpp"
#include "dns/zone_api.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

constexpr std::chrono::seconds usual_ttl{60};

/// What was read, and what it says.
struct Look {
  std::vector<RecordSet> sets;
  ServiceRecord service;
};

class ProviderUpdater final : public DnsUpdater {
 public:
  ProviderUpdater(std::shared_ptr<ZoneApi> api, ServiceNames names, std::chrono::seconds ttl)
      : api_(std::move(api)), names_(std::move(names)), ttl_(ttl) {}

  [[nodiscard]] std::string describe() const override { return api_->describe(); }
  [[nodiscard]] Swap swap() const noexcept override { return api_->swap(); }

  Result<ServiceRecord> current(const Context& context) override {
    return FO_TRY(while_doing(describe(), look(context))).service;
  }

  Result<void> replace(const ServiceRecord& given_from, const ServiceRecord& given_to,
                       const Context& context) override {
    const auto from = only(FO_TRY(canonical_record(given_from)), names_);
    const auto to = only(FO_TRY(canonical_record(given_to)), names_);
    FO_TRY(while_doing(describe(), check_swap(from, to)));
    const auto started = Deadline::Clock::now();
    const auto before = FO_TRY(while_doing(describe(), look(context)));
    if (!same_content(before.service, from)) return not_as_read(from, before.service);
    const auto change = FO_TRY(change_to(before.sets, names_, to, ttl_));
    if (change.empty()) return {};
    // Half of the time is kept for reading back.
    const auto sent = api_->change(change, context.within(context.deadline.remaining() / 2));
    if (!sent) return judge(sent.error(), from, to, context);
    FO_TRY(look_again(to, context));
    if (swap() == Swap::atomic) return {};
    const auto took = Deadline::Clock::now() - started;
    FO_TRY(while_doing(describe() + ": the change is made; waiting for others to show",
                       pause_between_tries(std::max<Duration>(second_look, took * 2), context)));
    return look_again(to, context);
  }

  Result<void> prove_access(const Context& context) override {
    FO_TRY(while_doing(describe(), check_names(context)));
    return while_doing(describe(), api_->prove_access(names_, context));
  }

 private:
  /// The name before the mark.
  [[nodiscard]] std::vector<DnsName> own_names() const {
    std::vector<DnsName> names;
    if (names_.has_service) names.push_back(names_.service);
    if (names_.has_mark) names.push_back(names_.epoch_record);
    return names;
  }

  [[nodiscard]] std::string subject() const { return own_names().front().to_text(); }

  Result<void> check_names(const Context& context) {
    if (names_checked_) return {};
    const auto zone = FO_TRY(api_->zone(context));
    for (const auto& name : own_names()) {
      if (name.is_within(zone.name)) continue;
      return fail(ErrorKind::usage, fmt::format("{} is not in the zone {}", name.to_text(), zone.name.to_text()));
    }
    names_checked_ = true;
    return {};
  }

  /// The mark is read last: with a change in between, what is seen is a mark that is newer than the addresses beside
  /// it, and that stops whoever reads it.
  Result<Look> look(const Context& context) {
    FO_TRY(check_names(context));
    Look found;
    for (const auto& name : own_names()) {
      auto sets = FO_TRY(api_->records(name, context));
      std::ranges::move(sets, std::back_inserter(found.sets));
    }
    found.service = FO_TRY(service_in(found.sets, names_));
    return found;
  }

  [[nodiscard]] std::unexpected<Error> not_as_read(const ServiceRecord& from, const ServiceRecord& now) const {
    return fail(ErrorKind::conflict,
                fmt::format("{}: {} is not as it was read ({}), nothing was changed; it now has {}", describe(),
                            subject(), in_words(from), in_words(now)));
  }

  Result<void> judge(const Error& error, const ServiceRecord& from, const ServiceRecord& to, const Context& context) {
    if (error.kind == ErrorKind::conflict) {
      const auto now = look(context);
      if (now) return not_as_read(from, now->service);
      return fail(ErrorKind::conflict, fmt::format("{}: {}; nothing was changed", describe(), error.message));
    }
    if (leaves_open(error)) return settle_change(*this, error, from, to, context);
    auto told = error.while_doing(describe());
    if (error.kind == ErrorKind::cancelled) told.message += "; whether the update was done is not known";
    return std::unexpected(std::move(told));
  }

  Result<void> look_again(const ServiceRecord& to, const Context& context) {
    const auto work = describe() + ": the change is made; reading it back";
    const auto now = FO_TRY(while_doing(work, look(context)));
    if (same_content(now.service, to)) return {};
    return fail(ErrorKind::conflict, fmt::format("{}: {} was changed, and by somebody else at the same time: it now "
                                                 "has {}",
                                                 describe(), subject(), in_words(now.service)));
  }

  std::shared_ptr<ZoneApi> api_;
  ServiceNames names_;
  std::chrono::seconds ttl_;
  bool names_checked_ = false;
};

Result<std::vector<NameServer>> find_servers(ZoneApi& api, const ViewSettings& settings, const Context& context) {
  if (!settings.verify.empty()) return named_servers(settings.verify, context);
  const auto zone = FO_TRY(api.zone(context));
  if (zone.servers.empty()) {
    return fail(ErrorKind::not_found, fmt::format("{} names no authoritative servers of {}; name them with verify=",
                                                  api.describe(), zone.name.to_text()));
  }
  std::vector<HostPort> places;
  places.reserve(zone.servers.size());
  for (const auto& server : zone.servers) {
    places.push_back({server.substr(0, server.size() - std::size_t{server.ends_with('.')}), settings.ns_port});
  }
  return named_servers(places, context);
}

}  // namespace

Result<DnsView> make_provider_view(std::string_view url, std::string_view service, std::string_view epoch_record,
                                   const ViewSettings& settings, std::shared_ptr<ZoneApi> api) {
  auto names = FO_TRY(service_names(service, epoch_record));
  DnsView view;
  view.name = url;
  view.from = settings.from;
  view.to = settings.to;
  view.ttl = settings.ttl;
  view.verifier = make_authority_verifier(api->describe(), names, [api, settings](const Context& context) {
    return find_servers(*api, settings, context);
  });
  view.updater = std::make_unique<ProviderUpdater>(std::move(api), std::move(names), settings.ttl.value_or(usual_ttl));
  return view;
}

}  // namespace failover
