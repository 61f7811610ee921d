#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/clock.hpp"
#include "promote/dns_swap.hpp"
#include "promote/objections.hpp"

namespace failover {

namespace {

/// One way of the flight: wherever the canary sits, it is sent there, with the next mark.
Result<Duration> fly(DnsView& view, const std::string& address, std::chrono::seconds ttl, const Context& context) {
  const auto started = Deadline::Clock::now();
  const auto decide = [&](const ServiceRecord& current) -> Result<std::optional<ServiceRecord>> {
    const bool ours = is_at(current, {std::string(canary_home)}) || is_at(current, {std::string(canary_away)});
    if (!ours && !endpoints_of(current).empty()) {
      return fail(ErrorKind::refused, fmt::format("{}: the canary's name gives {}, which is not a canary's; it is left "
                                                  "alone",
                                                  view.updater->describe(), listed_addresses(endpoints_of(current))));
    }
    const auto epoch = current.mark ? current.mark->epoch : 0;
    if (epoch == std::numeric_limits<std::uint64_t>::max()) {
      return fail(ErrorKind::refused, "no epoch is left above the canary's; delete its TXT record");
    }
    ServiceRecord wanted;
    wanted.addresses = {address};
    wanted.ttl = ttl;
    wanted.mark = EpochMark{epoch + 1, "canary", rfc3339(std::chrono::system_clock::now())};
    return wanted;
  };
  [[maybe_unused]] const auto servers = view.verifier->find(context);
  const auto swapped = FO_TRY(swap_view(view, std::nullopt, decide, {}, context));
  FO_TRY(view.verifier->wait_until(swapped.wanted, context.within(follow_limit)));
  return Deadline::Clock::now() - started;
}

}  // namespace

Result<CanaryFlight> fly_canary(DnsView& view, std::chrono::seconds ttl, const Context& context) {
  CanaryFlight flight;
  flight.there = FO_TRY(fly(view, std::string(canary_away), ttl, context));
  flight.back = FO_TRY(fly(view, std::string(canary_home), ttl, context));
  return flight;
}

}  // namespace failover
