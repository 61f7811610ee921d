#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/url.hpp"
#include "dns/service_reading.hpp"
#include "dns/side_by_side.hpp"
#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

constexpr std::uint16_t dns_port = 53;
constexpr std::chrono::seconds resolver_limit{5};

/// "192.0.2.1", "192.0.2.1:5353", "2001:db8::1" or "[2001:db8::1]:5353".
Result<Address> parse_place(const std::string& text) {
  if (const auto bare = Address::parse(text, dns_port)) return *bare;
  const auto url = parse_url("dns://" + text);
  if (url && url->path.empty() && url->user.empty() && !url->has_query) {
    if (const auto address = Address::parse(url->host, url->port.value_or(dns_port))) return *address;
  }
  return fail(ErrorKind::usage, fmt::format("the resolver '{}' is not ADDRESS or ADDRESS:PORT", text));
}

/// A resolver has the answer from others, so authority is not asked of it; what counts is what it would give callers.
Result<DnsMessage> cached_answer(const Address& resolver, const DnsQuestion& question, const Context& context) {
  auto answer = FO_TRY(ask_udp(resolver, question, context, true));
  answer.authoritative = true;
  if (answer.answers.empty()) return answer;
  // What is left of the shortest is when it asks anew.
  const auto shortest = std::ranges::min(answer.answers, {}, &DnsRecord::ttl).ttl;
  for (auto& record : answer.answers) record.ttl = shortest;
  return answer;
}

Result<ServiceRecord> ask_one(const Address& resolver, const ServiceNames& names, const Context& context) {
  std::vector<DnsMessage> answers;
  for (const auto& question : service_questions(names)) {
    answers.push_back(FO_TRY(cached_answer(resolver, question, context)));
  }
  return service_in(answers, names);
}

}  // namespace

Result<std::vector<ServerAnswer>> ask_resolvers(const std::vector<std::string>& resolvers, const std::string& service,
                                                const Context& context) {
  ServiceNames names;
  names.service = FO_TRY(DnsName::from_text(service));
  names.has_mark = false;
  std::vector<Address> addresses;
  addresses.reserve(resolvers.size());
  for (const auto& text : resolvers) {
    addresses.push_back(FO_TRY(parse_place(text)));
  }
  std::vector<ServerAnswer> answers;
  answers.reserve(addresses.size());
  for (const auto& address : addresses) answers.push_back({address.text(), ServiceRecord{}, true, false});
  const Context limited = context.within(resolver_limit);
  side_by_side(addresses.size(), [&](std::size_t i) { answers[i].record = ask_one(addresses[i], names, limited); });
  return answers;
}

}  // namespace failover
