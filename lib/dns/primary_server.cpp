#include "dns/primary_server.hpp"

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/url.hpp"
#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/resolver.hpp"
#include "net/signed_exchange.hpp"
#include "net/tsig.hpp"

namespace failover {

std::string HostPort::to_text() const {
  return host_and_port(host, port);
}

Result<std::vector<Address>> PrimaryServer::find(const Context& context) const {
  return while_doing("finding the name server " + place_.host,
                     Resolver::resolve_now(place_.host, place_.port, context));
}

Result<std::vector<DnsMessage>> PrimaryServer::ask_all(std::span<const DnsQuestion> questions,
                                                       const Context& context) const {
  std::vector<DnsMessage> answers;
  answers.reserve(questions.size());
  for (const auto& question : questions) answers.push_back(FO_TRY(ask(question, context)));
  return answers;
}

Result<DnsMessage> PrimaryServer::ask(const DnsQuestion& question, const Context& context) const {
  DnsMessage query;
  query.questions.push_back(question);
  const auto addresses = FO_TRY(find(context));
  auto answer = send_to(addresses, query, context);
  const bool lapsed = !answer && answer.error().kind == ErrorKind::permission;
  if (!answer && credential_->forget() && lapsed) answer = send_to(addresses, query, context);
  if (answer && answer->proven()) return std::move(answer->message);
  if (answer) {
    return ask_plainly(addresses, question, fmt::format("its answer {}", to_string(answer->proof)), context);
  }
  if (credential_->may_go_without() && answer.error().kind == ErrorKind::integrity) {
    return ask_plainly(addresses, question, answer.error().message, context);
  }
  return std::unexpected(answer.error());
}

Result<DnsMessage> PrimaryServer::ask_plainly(const std::vector<Address>& addresses, const DnsQuestion& question,
                                              std::string_view why, const Context& context) const {
  if (!std::exchange(warned_, true)) {
    context.note(Level::warning,
                 fmt::format("name server {}: {}; what is read there is read without a signature", describe(), why));
  }
  Error last;
  for (const auto& address : addresses) {
    auto answer = ask_tcp(address, question, context);
    if (answer || answer.error().kind != ErrorKind::unreachable) return answer;
    last = answer.error();
  }
  return std::unexpected(last);
}

Result<void> PrimaryServer::prepare(const Context& context) const {
  const auto addresses = FO_TRY(find(context));
  Error last;
  for (const auto& address : addresses) {
    const auto signer = credential_->signer(address, context);
    if (signer) return {};
    last = signer.error();
    if (last.kind != ErrorKind::unreachable) break;
  }
  return std::unexpected(last);
}

Result<JudgedMessage> PrimaryServer::send(const DnsMessage& request, const Context& context) const {
  auto answer = send_to(FO_TRY(find(context)), request, context);
  if (!answer) credential_->forget();
  return answer;
}

Result<JudgedMessage> PrimaryServer::send_to(const std::vector<Address>& addresses, const DnsMessage& request,
                                             const Context& context) const {
  Error last;
  for (const auto& address : addresses) {
    const auto signer = credential_->signer(address, context);
    auto answer = signer ? ask_signed(address, request, transport_, signer->get(), clock_, context)
                         : Result<JudgedMessage>(std::unexpected(signer.error()));
    if (answer || answer.error().kind != ErrorKind::unreachable) return answer;
    last = answer.error();
  }
  return std::unexpected(last);
}

}  // namespace failover
