#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/pause.hpp"
#include "promote/dns_swap.hpp"

namespace failover {

namespace {

constexpr Duration look_interval = std::chrono::milliseconds(500);

/// Servers of the name that do not give the record with exactly its TTL.
std::vector<std::string> laggards(const std::vector<ServerAnswer>& answers, const ServiceRecord& wanted) {
  std::vector<std::string> behind;
  for (const auto& answer : answers) {
    if (!answer.record) {
      behind.push_back(fmt::format("{}: {}", answer.server, answer.record.error().message));
    } else if (!agrees(answer, wanted) || (answer.has_service && answer.record->ttl != wanted.ttl)) {
      behind.push_back(fmt::format("{} still says {} s", answer.server, answer.record->ttl.count()));
    }
  }
  return behind;
}

Result<void> await_ttl(DnsView& view, const ServiceRecord& wanted, const Context& context) {
  while (true) {
    const auto behind = laggards(FO_TRY(view.verifier->ask_all(context)), wanted);
    if (behind.empty()) return {};
    if (!pause_between_tries(look_interval, context)) {
      FO_TRY(context.stop.stop_requested() ? context.check() : Result<void>{});
      return fail(ErrorKind::timeout, fmt::format("{}: the TTL is not {} s everywhere: {}", view.updater->describe(),
                                                  wanted.ttl.count(), fmt::join(behind, "; ")));
    }
  }
}

}  // namespace

Result<ViewOutcome> set_view_ttl(DnsView& view, std::chrono::seconds ttl, const Context& context) {
  const auto decide = [&](const ServiceRecord& current) -> Result<std::optional<ServiceRecord>> {
    if (endpoints_of(current).empty()) {
      return fail(ErrorKind::not_found,
                  view.updater->describe() + ": the name does not exist, so it has no TTL; look: fo-promote dns show");
    }
    if (current.ttl.count() == 0) {
      return fail(ErrorKind::refused, view.updater->describe() + ": its records have no TTL");
    }
    if (current.ttl == ttl) return std::nullopt;
    auto wanted = current;
    wanted.ttl = ttl;
    return wanted;
  };
  const auto swapped = FO_TRY(swap_view(view, std::nullopt, decide, {}, context));
  FO_TRY(await_ttl(view, swapped.wanted, context.within(follow_limit)));
  ViewOutcome outcome;
  outcome.name = view.name;
  outcome.description = view.updater->describe();
  outcome.moved_now = swapped.now;
  if (swapped.now) outcome.caches_expire = std::chrono::system_clock::now() + swapped.before.ttl;
  return outcome;
}

}  // namespace failover
