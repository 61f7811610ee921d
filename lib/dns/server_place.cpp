#include "dns/server_place.hpp"

#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "dns/name_servers.hpp"
#include "dns/service_reading.hpp"
#include "net/address.hpp"
#include "net/dns_batch.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"
#include "net/dns_stream.hpp"

namespace failover {

namespace {

constexpr std::chrono::seconds server_limit{5};

Result<std::vector<DnsMessage>> ask_plain(const Address& server, std::span<const DnsQuestion> questions,
                                          const Context& context, std::vector<DnsStream> begun) {
  auto answers = ask_tcp_all(server, questions, context, std::move(begun));
  if (answers || answers.error().kind != ErrorKind::unreachable) return answers;
  std::vector<DnsMessage> by_udp;
  for (const auto& question : questions) {
    auto answer = ask_udp(server, question, context);
    if (!answer && answer.error().kind == ErrorKind::unreachable) return answers;
    by_udp.push_back(FO_TRY(std::move(answer)));
  }
  return by_udp;
}

std::vector<DnsQuestion> questions_for(const ServiceNames& names, const std::optional<DnsName>& zone) {
  auto questions = service_questions(names);
  if (zone) questions.push_back({*zone, dns_type::ns, dns_class::in});
  return questions;
}

/// A server that does not say is judged by its record alone.
std::set<std::string> names_in(const DnsMessage& answer, const DnsQuestion& question) {
  std::set<std::string> names;
  const auto records = rrset_in(answer, question);
  if (!records) return names;
  for (const auto& record : *records) {
    if (const auto name = name_in(record)) names.insert(name->to_text());
  }
  return names;
}

}  // namespace

std::vector<ServerPlace> places_of(const std::vector<NameServer>& servers) {
  std::vector<ServerPlace> places;
  for (const auto& server : servers) {
    if (!server.addresses) {
      places.push_back({server.name, std::unexpected(server.addresses.error()), {}, {}});
      continue;
    }
    for (const auto& address : *server.addresses) {
      const bool known_by_name = server.name != address.host();
      auto label = known_by_name ? fmt::format("{} ({})", server.name, address.text()) : address.text();
      places.push_back({std::move(label), address, server.ask, {}});
    }
  }
  return places;
}

void warm_up(ServerPlace& place, const ServiceNames& names, const std::optional<DnsName>& zone,
             const Context& context) {
  if (!place.address || place.ask || !place.begun.empty()) return;
  for (std::size_t i = questions_for(names, zone).size(); i > 0; --i) {
    auto begun = DnsStream::begin(*place.address, context);
    if (!begun) return;
    place.begun.push_back(std::move(*begun));
  }
}

PlaceAnswer ask_place(ServerPlace& place, const ServiceNames& names, const std::optional<DnsName>& zone,
                      const Context& context) {
  if (!place.address) return {std::unexpected(place.address.error()), {}};
  const auto questions = questions_for(names, zone);
  const Context limited = context.within(server_limit);
  auto begun = std::exchange(place.begun, {});
  const auto answers =
      place.ask ? place.ask(questions, limited) : ask_plain(*place.address, questions, limited, std::move(begun));
  if (!answers) return {std::unexpected(answers.error()), {}};
  PlaceAnswer answer{service_in(*answers, names), {}};
  if (zone) answer.name_servers = names_in(answers->back(), questions.back());
  return answer;
}

}  // namespace failover
