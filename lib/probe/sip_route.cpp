#include "probe/sip_route.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/observer.hpp>

#include "core/ascii.hpp"
#include "net/address.hpp"
#include "net/service_records.hpp"
#include "probe/sip_options.hpp"

namespace failover {

namespace {

std::optional<SipTransport> transport_of(std::string_view service) {
  const auto lower = ascii_lower(service);
  if (lower == "sip+d2u") return SipTransport::udp;
  if (lower == "sip+d2t") return SipTransport::tcp;
  if (lower == "sips+d2t") return SipTransport::tls;
  return std::nullopt;
}

std::string service_name(SipTransport transport, std::string_view domain) {
  const std::string_view prefix = transport == SipTransport::udp   ? "_sip._udp."
                                  : transport == SipTransport::tcp ? "_sip._tcp."
                                                                   : "_sips._tcp.";
  return fmt::format("{}{}", prefix, domain);
}

}  // namespace

bool needs_sip_route(const Target& target) {
  return (target.scheme == "sip" || target.scheme == "sips") && target.default_port && !Address::parse(target.host, 0);
}

std::optional<SipTransport> settled_transport(const Target& target) {
  if (target.scheme == "sips") return SipTransport::tls;
  const auto* const transport = target.parameter("transport");
  if (transport == nullptr) return std::nullopt;
  return *transport == "tcp" ? SipTransport::tcp : SipTransport::udp;
}

std::vector<SipService> services_of(std::span<const NaptrRecord> records, bool sips) {
  std::vector<const NaptrRecord*> usable;
  for (const auto& one : records) {
    const auto transport = transport_of(one.service);
    const bool speaks = transport && (!sips || *transport == SipTransport::tls);
    if (speaks && ascii_lower(one.flags) == "s" && !one.replacement.empty()) usable.push_back(&one);
  }
  // As they came where neither decides.
  std::ranges::sort(usable, {}, [](const auto* one) { return std::tuple(one->order, one->preference, one); });
  std::vector<SipService> services;
  services.reserve(usable.size());
  for (const auto* one : usable) {
    services.push_back({transport_of(one->service).value_or(SipTransport::udp), one->replacement});
  }
  return services;
}

std::vector<SipService> default_services(std::string_view domain, std::optional<SipTransport> settled) {
  if (settled) return {{*settled, service_name(*settled, domain)}};
  return {{SipTransport::udp, service_name(SipTransport::udp, domain)},
          {SipTransport::tcp, service_name(SipTransport::tcp, domain)}};
}

std::vector<SrvRecord> in_order(std::vector<SrvRecord> records,
                                const std::function<std::uint32_t(std::uint32_t)>& random) {
  // Those of weight 0 first: the sums then give them their small chance.
  std::ranges::sort(records, {}, [](const auto& one) {
    return std::tuple<std::uint16_t, bool, std::string_view>(one.priority, one.weight != 0, one.target);
  });
  std::vector<SrvRecord> ordered;
  while (!records.empty()) {
    const auto priority = records.front().priority;
    const auto end = std::ranges::find_if(records, [&](const auto& one) { return one.priority != priority; });
    std::uint32_t total = 0;
    for (auto one = records.begin(); one != end; ++one) total += one->weight;
    const auto drawn = random(total);
    auto chosen = records.begin();
    for (std::uint32_t sum = chosen->weight; sum < drawn; sum += chosen->weight) ++chosen;
    ordered.push_back(std::move(*chosen));
    records.erase(chosen);
  }
  return ordered;
}

Target as_located(Target target, SipTransport transport) {
  target.port = 0;
  target.scheme = transport == SipTransport::tls ? "sips" : "sip";
  std::erase_if(target.parameters, [](const auto& one) { return one.first == "transport"; });
  if (transport == SipTransport::tcp) target.parameters.emplace_back("transport", "tcp");
  return target;
}

SipHop plain_hop(std::string_view host, std::optional<SipTransport> settled) {
  const auto transport = settled.value_or(SipTransport::udp);
  const std::uint16_t port = transport == SipTransport::tls ? 5061 : 5060;
  return {transport, std::string(host), port};
}

}  // namespace failover
