#include "dns/name_servers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "dns/primary_server.hpp"
#include "dns/service_reading.hpp"
#include "net/address.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"
#include "net/dns_socket.hpp"
#include "net/resolver.hpp"

namespace failover {

namespace {

constexpr std::size_t max_servers = 32;
constexpr std::size_t max_addresses_each = 8;

/// The addresses in `records` that belong to `name`.
std::vector<Address> addresses_of(const std::vector<DnsRecord>& records, const DnsName& name, std::uint16_t port) {
  std::vector<Address> addresses;
  for (const auto& record : records) {
    const auto text = address_text(record);
    if (!text || record.name != name || record.rr_class != dns_class::in) continue;
    if (const auto address = Address::parse(*text, port)) addresses.push_back(*address);
  }
  return addresses;
}

/// Connecting a UDP socket sends nothing but asks the routing table.
bool has_route(const Address& address, const Context& context) {
  return DnsSocket::connect(address, SOCK_DGRAM, context).has_value();
}

std::vector<Address> reachable_family(std::vector<Address> addresses, const Context& context) {
  std::vector<Address> routed;
  std::ranges::copy_if(addresses, std::back_inserter(routed), [&](const Address& a) { return has_route(a, context); });
  if (!routed.empty()) addresses = std::move(routed);
  if (addresses.size() > max_addresses_each) addresses.erase(addresses.begin() + max_addresses_each, addresses.end());
  return addresses;
}

/// A failure here only means that the resolver must be asked.
std::vector<Address> ask_primary(const PrimaryServer& primary, const DnsName& name, std::uint16_t port,
                                 const Context& context) {
  const std::vector<DnsQuestion> questions{{name, dns_type::a, dns_class::in}, {name, dns_type::aaaa, dns_class::in}};
  const auto answers = primary.ask_all(questions, context);
  std::vector<Address> addresses;
  for (std::size_t i = 0; answers && i < questions.size(); ++i) {
    const auto records = rrset_in((*answers)[i], questions[i]);
    if (!records) continue;
    for (const auto& address : addresses_of(*records, name, port)) addresses.push_back(address);
  }
  return addresses;
}

}  // namespace

Result<std::vector<NameServer>> find_name_servers(const PrimaryServer& primary, const DnsName& zone, std::uint16_t port,
                                                  const Context& context) {
  const DnsQuestion question{zone, dns_type::ns, dns_class::in};
  const auto answer = FO_TRY(primary.ask(question, context));
  const auto records = FO_TRY(rrset_in(answer, question));
  if (records.empty()) {
    return fail(
        ErrorKind::not_found,
        fmt::format("{} has no NS records: it is not a zone; name the zone that holds the service", zone.to_text()));
  }
  if (records.size() > max_servers) {
    return fail(ErrorKind::protocol, fmt::format("{} has more than {} name servers", zone.to_text(), max_servers));
  }
  std::vector<NameServer> servers;
  for (const auto& record : records) {
    const auto name = FO_TRY(name_in(record));
    auto addresses = addresses_of(answer.additionals, name, port);
    if (addresses.empty() && name.is_within(zone)) addresses = ask_primary(primary, name, port, context);
    Result<std::vector<Address>> found = std::move(addresses);
    if (found->empty()) found = Resolver::resolve_now(name.to_text(), port, context);
    if (found) found = reachable_family(std::move(*found), context);
    servers.push_back(NameServer{name.to_text(), std::move(found), {}});
  }
  return servers;
}

void add_hidden_primary(std::vector<NameServer>& servers, const std::shared_ptr<const PrimaryServer>& primary,
                        const Context& context) {
  auto addresses = primary->find(context);
  const auto listed = [&](const Address& address) {
    return std::ranges::any_of(servers, [&](const NameServer& server) {
      return server.addresses &&
             std::ranges::find(*server.addresses, address.text(), &Address::text) != server.addresses->end();
    });
  };
  if (addresses && std::ranges::any_of(*addresses, listed)) return;
  if (addresses) addresses->resize(1, addresses->front());
  servers.push_back(
      {"the primary", std::move(addresses), [primary](std::span<const DnsQuestion> questions, const Context& within) {
         return primary->ask_all(questions, within);
       }});
}

std::vector<NameServer> named_servers(const std::vector<HostPort>& places, const Context& context) {
  std::vector<NameServer> servers;
  for (const auto& place : places) {
    auto found = Resolver::resolve_now(place.host, place.port, context);
    if (found) found = reachable_family(std::move(*found), context);
    servers.push_back(NameServer{place.host, std::move(found), {}});
  }
  return servers;
}

}  // namespace failover
