#include "net/dns_batch.hpp"

#include <algorithm>
#include <cstddef>
#include <expected>
#include <iterator>
#include <optional>
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

/// Each request on a connection of its own, as far as they reach. What is lost with its connection is left without an
/// answer.
Result<void> exchange_apart(std::span<DnsExchange> exchanges, std::vector<DnsStream> streams, const Context& context) {
  const auto count = std::min(exchanges.size(), streams.size());
  std::vector<Result<void>> done(count);
  for (std::size_t i = 0; i < count; ++i) done[i] = streams[i].send(exchanges.subspan(i, 1), context);
  for (std::size_t i = 0; i < count; ++i) {
    // Closed as soon as it is of no more use: a server may take one connection after the other.
    auto stream = std::move(streams[i]);
    if (done[i]) done[i] = stream.receive(exchanges.subspan(i, 1), context);
    if (!done[i] && done[i].error().kind != ErrorKind::unreachable) return done[i];
  }
  return {};
}

Result<void> exchange_unnamed(const Address& server, std::span<DnsExchange> exchanges, std::optional<DnsStream>& stream,
                              const Context& context) {
  bool fresh = !stream;
  while (true) {
    const auto before = answered(exchanges);
    if (!stream) stream = FO_TRY(DnsStream::begin(server, context));
    auto done = stream->exchange(exchanges, context);
    if (done) return done;
    stream.reset();
    if (done.error().kind != ErrorKind::unreachable) return done;
    if (fresh && answered(exchanges) == before) return done;
    fresh = true;
  }
}

/// The error of a server that was silent says which one, and for how long.
Result<void> name_the_silent(Result<void> done, const Address& server, Duration allowed) {
  if (done || done.error().kind != ErrorKind::timeout) return done;
  return fail(ErrorKind::timeout,
              fmt::format("name server {} did not answer within {}", server.text(), human_duration(allowed)));
}

Result<void> exchange_all(const Address& server, std::span<DnsExchange> exchanges, std::vector<DnsStream> begun,
                          const Context& context) {
  std::optional<DnsStream> stream;
  if (begun.size() == 1) stream = std::move(begun.front());
  if (begun.size() > 1) FO_TRY(exchange_apart(exchanges, std::move(begun), context));
  if (answered(exchanges) == std::ssize(exchanges)) return {};
  return exchange_unnamed(server, exchanges, stream, context);
}

}  // namespace

Result<void> exchange_tcp_all(const Address& server, std::span<DnsExchange> exchanges, std::optional<DnsStream>& stream,
                              const Context& context) {
  const Context limited = context.within(dns_exchange_limit);
  const auto allowed = limited.deadline.remaining();
  return name_the_silent(exchange_unnamed(server, exchanges, stream, limited), server, allowed);
}

Result<DnsStream> connect_tcp(const Address& server, const Context& context) {
  const Context limited = context.within(dns_exchange_limit);
  const auto allowed = limited.deadline.remaining();
  auto stream = FO_TRY(DnsStream::begin(server, limited));
  FO_TRY(name_the_silent(stream.connect(limited), server, allowed));
  return stream;
}

Result<void> exchange_on(DnsStream& stream, const Address& server, DnsExchange& exchange, const Context& context) {
  const Context limited = context.within(dns_exchange_limit);
  const auto allowed = limited.deadline.remaining();
  return name_the_silent(stream.exchange(std::span(&exchange, 1), limited), server, allowed);
}

Result<std::vector<DnsMessage>> ask_tcp_all(const Address& server, std::span<const DnsQuestion> questions,
                                            const Context& context, std::vector<DnsStream> begun) {
  const auto queries = FO_TRY(make_dns_queries(questions));
  std::vector<DnsExchange> exchanges;
  exchanges.reserve(queries.size());
  for (const auto& query : queries) exchanges.push_back({FO_TRY(build_dns_message(query)), {}});
  const Context limited = context.within(dns_exchange_limit);
  const auto allowed = limited.deadline.remaining();
  FO_TRY(name_the_silent(exchange_all(server, exchanges, std::move(begun), limited), server, allowed));
  const auto who = "name server " + server.text();
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
