#include "net/dns_batch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/dns_query.hpp"
#include "net/dns_stream.hpp"

namespace failover {

namespace {

std::ptrdiff_t answered(std::span<const DnsExchange> exchanges) {
  return std::ranges::count_if(exchanges, [](const DnsExchange& each) { return !each.answer.empty(); });
}

/// Until every request has its answer. A connection that ends early but has brought an answer is followed by another.
Result<void> exchange_all(const Address& server, std::span<DnsExchange> exchanges, const Context& context,
                          std::optional<DnsStream> begun) {
  bool fresh = !begun;
  while (true) {
    const auto before = answered(exchanges);
    auto stream = begun ? Result<DnsStream>(std::move(*begun)) : DnsStream::begin(server, context);
    begun.reset();
    auto done = stream ? stream->exchange(exchanges, context) : Result<void>(std::unexpected(stream.error()));
    if (done || done.error().kind != ErrorKind::unreachable) return done;
    if (fresh && answered(exchanges) == before) return done;
    fresh = true;
  }
}

/// A random ID for each, no two the same: an answer must say which question it is for.
Result<std::vector<DnsMessage>> make_queries(std::span<const DnsQuestion> questions) {
  std::vector<DnsMessage> queries;
  std::set<std::uint16_t> used;
  for (const auto& question : questions) {
    auto query = FO_TRY(make_dns_query(question));
    while (!used.insert(query.id).second) FO_TRY(renew_dns_id(query));
    queries.push_back(std::move(query));
  }
  return queries;
}

}  // namespace

Result<std::vector<DnsMessage>> ask_tcp_all(const Address& server, std::span<const DnsQuestion> questions,
                                            const Context& context, std::optional<DnsStream> begun) {
  const auto queries = FO_TRY(make_queries(questions));
  std::vector<DnsExchange> exchanges;
  exchanges.reserve(queries.size());
  for (const auto& query : queries) exchanges.push_back({FO_TRY(build_dns_message(query)), {}});
  const Context limited = context.within(dns_exchange_limit);
  const auto allowed = limited.deadline.remaining();
  const auto done = exchange_all(server, exchanges, limited, std::move(begun));
  const auto who = "name server " + server.text();
  if (!done && done.error().kind == ErrorKind::timeout) {
    return fail(ErrorKind::timeout, fmt::format("{} did not answer within {}", who, human_duration(allowed)));
  }
  if (!done) return std::unexpected(done.error());
  std::vector<DnsMessage> answers;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    auto answer = FO_TRY(while_doing(who, parse_dns_message(exchanges[i].answer)));
    if (!is_dns_answer(answer, queries[i], answer.rcode != dns_rcode::noerror)) {
      return fail(ErrorKind::protocol, who + " answered another question than ours");
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace failover
