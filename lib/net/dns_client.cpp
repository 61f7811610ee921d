#include "net/dns_client.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "net/address.hpp"
#include "net/dns_message.hpp"
#include "net/dns_query.hpp"
#include "net/dns_socket.hpp"

namespace failover {

namespace {

constexpr std::array<std::chrono::seconds, 3> udp_tries{std::chrono::seconds(1), std::chrono::seconds(2),
                                                        std::chrono::seconds(4)};

/// The exchange's own limit has passed, or the caller's: in both cases say who did not answer.
Error name_the_silent(Error error, const Address& server, Duration limit) {
  if (error.kind != ErrorKind::timeout) return error;
  return {ErrorKind::timeout,
          fmt::format("name server {} did not answer within {}", server.text(), human_duration(limit))};
}

/// Sends one message over a new connection and gives the first message back that has its ID.
Result<std::string> exchange_unlimited(const Address& server, std::string_view wire, const Context& context) {
  auto socket = FO_TRY(DnsSocket::connect(server, SOCK_STREAM, context));
  std::string framed;
  append_u16(framed, static_cast<std::uint16_t>(wire.size()));
  framed += wire;
  FO_TRY(socket.send(framed));
  while (true) {
    std::array<char, 2> length{};
    FO_TRY(socket.receive_all(length));
    std::string answer(
        static_cast<std::size_t>(static_cast<unsigned char>(length[0])) << 8U | static_cast<unsigned char>(length[1]),
        '\0');
    FO_TRY(socket.receive_all(answer));
    if (answer.substr(0, 2) == wire.substr(0, 2)) return answer;
  }
}

std::unexpected<Error> not_an_answer(const Address& server) {
  return fail(ErrorKind::protocol, fmt::format("name server {} answered another question than ours", server.text()));
}

/// One try: waits for the right packet among whatever comes.
Result<DnsMessage> try_udp(const Address& server, const DnsMessage& query, const Context& context) {
  auto socket = FO_TRY(DnsSocket::connect(server, SOCK_DGRAM, context));
  const auto wire = FO_TRY(build_dns_message(query));
  FO_TRY(socket.send(wire));
  std::array<char, 65535> buffer{};
  while (true) {
    const auto size = FO_TRY(socket.receive(buffer));
    auto answer = parse_dns_message(std::string_view(buffer.data(), size));
    if (answer && is_dns_answer(*answer, query, false)) return answer;
  }
}

}  // namespace

Result<std::string> exchange_tcp(const Address& server, std::string_view wire, const Context& context) {
  const Context limited = context.within(dns_exchange_limit);
  const auto allowed = limited.deadline.remaining();
  auto answer = exchange_unlimited(server, wire, limited);
  if (!answer) return std::unexpected(name_the_silent(answer.error(), server, allowed));
  return answer;
}

Result<DnsMessage> ask_tcp(const Address& server, const DnsQuestion& question, const Context& context) {
  const auto query = FO_TRY(make_dns_query(question));
  const auto request = FO_TRY(build_dns_message(query));
  const auto wire = FO_TRY(exchange_tcp(server, request, context));
  auto answer = FO_TRY(while_doing("name server " + server.text(), parse_dns_message(wire)));
  if (!is_dns_answer(answer, query, answer.rcode != dns_rcode::noerror)) return not_an_answer(server);
  return answer;
}

Result<DnsMessage> ask_udp(const Address& server, const DnsQuestion& question, const Context& context, bool recursion) {
  auto query = FO_TRY(make_dns_query(question));
  query.recursion_desired = recursion;
  const auto allowed = context.within(udp_tries[0] + udp_tries[1] + udp_tries[2]).deadline.remaining();
  Error last;
  for (const auto limit : udp_tries) {
    FO_TRY(renew_dns_id(query));
    const Context limited = context.within(limit);
    auto answer = try_udp(server, query, limited);
    if (answer && answer->truncated) return ask_tcp(server, question, context);
    if (answer) return answer;
    last = answer.error();
    if (last.kind != ErrorKind::timeout || context.deadline.passed()) break;
  }
  return std::unexpected(name_the_silent(last, server, allowed));
}

}  // namespace failover
