#include "net/signed_exchange.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "net/address.hpp"
#include "net/dns_batch.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/dns_query.hpp"
#include "net/dns_socket.hpp"
#include "net/dns_stream.hpp"
#include "net/tsig.hpp"
#include "net/tsig_signer.hpp"

namespace failover {

namespace {

constexpr std::array<std::chrono::seconds, 3> query_tries{std::chrono::seconds(1), std::chrono::seconds(2),
                                                          std::chrono::seconds(4)};
constexpr std::array<std::chrono::seconds, 1> update_tries{std::chrono::seconds(5)};
/// How long a right answer may come behind a wrong one.
constexpr std::chrono::milliseconds after_a_wrong_one{500};

/// What every try needs.
struct Exchange {
  const Address& server;
  TsigSigner& signer;
  const WallClock& clock;
};

Result<SignedMessage> sign(const DnsMessage& request, const Exchange& with, const Context& context) {
  const auto wire = FO_TRY(build_dns_message(request));
  return sign_tsig(wire, with.signer, with.clock(), context);
}

Result<SignedMessage> prepare(DnsMessage& request, const Exchange& with, const Context& context) {
  FO_TRY(renew_dns_id(request));
  return sign(request, with, context);
}

Result<JudgedMessage> judge(std::string_view wire, const DnsMessage& request, const SignedMessage& sent,
                            const Exchange& with, const Context& context) {
  const auto doing = "name server " + with.server.text();
  auto answer = FO_TRY(while_doing(doing, verify_tsig(wire, with.signer, sent.mac, with.clock(), context)));
  if (is_dns_answer(answer.message, request, true)) return answer;
  return fail(ErrorKind::protocol, doing + " answered another question than ours");
}

Result<JudgedMessage> ask_over_tcp(DnsMessage& request, const Exchange& with, const Context& context) {
  const auto sent = FO_TRY(prepare(request, with, context));
  const auto wire = FO_TRY(exchange_tcp(with.server, sent.wire, context));
  return judge(wire, request, sent, with, context);
}

/// All of these at once.
Result<void> ask_at_once(std::span<const DnsMessage> queries, const Exchange& with, std::optional<DnsStream>& stream,
                         std::vector<JudgedMessage>& answers, const Context& context) {
  std::vector<SignedMessage> sent;
  std::vector<DnsExchange> exchanges;
  for (const auto& query : queries) {
    sent.push_back(FO_TRY(sign(query, with, context)));
    exchanges.push_back({sent.back().wire, {}});
  }
  FO_TRY(exchange_tcp_all(with.server, exchanges, stream, context));
  for (std::size_t i = 0; i < queries.size(); ++i) {
    answers.push_back(FO_TRY(judge(exchanges[i].answer, queries[i], sent[i], with, context)));
  }
  return {};
}

/// One try. Where wrong answers came and no right one, the error is what was wrong with the last.
Result<JudgedMessage> try_udp(DnsMessage& request, const Exchange& with, const Context& context) {
  const auto sent = FO_TRY(prepare(request, with, context));
  Context limited = context;
  std::optional<Error> complaint;
  auto socket = FO_TRY(DnsSocket::connect(with.server, SOCK_DGRAM, limited));
  FO_TRY(socket.send(sent.wire));
  std::array<char, 65535> buffer{};
  while (true) {
    const auto size = socket.receive(buffer);
    if (!size && size.error().kind == ErrorKind::timeout && complaint) return std::unexpected(*complaint);
    if (!size) return std::unexpected(size.error());
    const std::string_view wire(buffer.data(), *size);
    if (wire.substr(0, 2) != std::string_view(sent.wire).substr(0, 2)) continue;
    auto answer = judge(wire, request, sent, with, limited);
    if (answer) return answer;
    if (!complaint) limited = limited.within(after_a_wrong_one);
    complaint = answer.error();
  }
}

Result<JudgedMessage> ask_over_udp(DnsMessage& request, const Exchange& with, const Context& context) {
  const bool once = request.opcode == dns_opcode::update;
  const auto tries = once ? std::span<const std::chrono::seconds>(update_tries) : query_tries;
  const auto began = context.deadline.remaining();
  Error last;
  for (const auto limit : tries) {
    auto answer = try_udp(request, with, context.within(limit));
    if (answer && answer->message.truncated && !once) return ask_over_tcp(request, with, context);
    if (answer) return answer;
    last = answer.error();
    if (last.kind != ErrorKind::timeout || context.deadline.passed()) break;
  }
  if (last.kind != ErrorKind::timeout) return std::unexpected(last);
  return fail(ErrorKind::timeout, fmt::format("name server {} did not answer within {}", with.server.text(),
                                              human_duration(began - context.deadline.remaining())));
}

}  // namespace

Result<JudgedMessage> ask_signed(const Address& server, DnsMessage request, DnsTransport transport, TsigSigner& signer,
                                 const WallClock& clock, const Context& context) {
  const Exchange with{server, signer, clock};
  if (transport == DnsTransport::udp) return ask_over_udp(request, with, context.within(dns_exchange_limit));
  return ask_over_tcp(request, with, context);
}

Result<JudgedMessage> ask_signed_on(DnsStream& stream, const Address& server, DnsMessage request, TsigSigner& signer,
                                    const WallClock& clock, const Context& context) {
  const Exchange with{server, signer, clock};
  const auto sent = FO_TRY(prepare(request, with, context));
  DnsExchange exchange{sent.wire, {}};
  FO_TRY(exchange_on(stream, server, exchange, context));
  return judge(exchange.answer, request, sent, with, context);
}

Result<std::vector<JudgedMessage>> ask_signed_all(const Address& server, std::span<const DnsQuestion> questions,
                                                  TsigSigner& signer, const WallClock& clock,
                                                  std::optional<DnsStream>& stream, const Context& context) {
  const Exchange with{server, signer, clock};
  const auto queries = FO_TRY(make_dns_queries(questions));
  const auto at_once = signer.is_context() ? std::size_t{1} : queries.size();
  std::vector<JudgedMessage> answers;
  for (std::span<const DnsMessage> left(queries); !left.empty(); left = left.subspan(at_once)) {
    FO_TRY(ask_at_once(left.first(at_once), with, stream, answers, context));
  }
  return answers;
}

}  // namespace failover
