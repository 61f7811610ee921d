#include "dns/zone_finder.hpp"

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/dns_name.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"
#include "net/service_records.hpp"

namespace failover {

namespace {

Result<ServiceRecords> look_up(Loop& loop, Resolver& resolver, const std::string& name, const Context& context) {
  std::optional<Result<ServiceRecords>> answer;
  const auto lookup = resolver.records(name, ServiceType::ns, context.deadline,
                                       [&answer](Result<ServiceRecords> result) { answer = std::move(result); });
  const auto ran = loop.run([&answer] { return answer.has_value(); }, context);
  if (!answer && !ran) return std::unexpected(ran.error().while_doing(fmt::format("looking up '{}'", name)));
  if (!answer) return fail(ErrorKind::internal, fmt::format("the look-up of '{}' ended without an answer", name));
  return std::move(*answer);
}

}  // namespace

Result<FoundZone> find_zone(const DnsName& name, const Context& context) {
  const auto loop = FO_TRY(Loop::create());
  const auto resolver = FO_TRY(Resolver::create(*loop));
  auto wire = name.wire();
  while (wire.size() > 1) {
    const auto zone = DnsName::from_wire(wire);
    auto found = FO_TRY(look_up(*loop, *resolver, zone.to_text(), context));
    if (!found.name_servers.empty()) return FoundZone{zone, std::move(found.name_servers)};
    wire.erase(0, std::size_t{1} + static_cast<unsigned char>(wire.front()));
  }
  return fail(ErrorKind::not_found, fmt::format("no zone with name servers is found for {}", name.to_text()));
}

}  // namespace failover
