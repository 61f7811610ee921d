#include "dns/primary_server.hpp"

#include <chrono>
#include <cstddef>
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
#include "net/dns_batch.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/dns_stream.hpp"
#include "net/resolver.hpp"
#include "net/signed_exchange.hpp"
#include "net/tsig.hpp"
#include "net/tsig_signer.hpp"

namespace failover {

namespace {

/// What lies between us and the server may have forgotten a connection that was idle for longer, without a word.
constexpr std::chrono::seconds longest_idle{2};

}  // namespace

std::string HostPort::to_text() const {
  return host_and_port(host, port);
}

Result<std::vector<Address>> PrimaryServer::find(const Context& context) const {
  return while_doing("finding the name server " + place_.host,
                     Resolver::resolve_now(place_.host, place_.port, context));
}

Result<DnsMessage> PrimaryServer::ask(const DnsQuestion& question, const Context& context) const {
  auto answers = FO_TRY(ask_all(std::span(&question, 1), context));
  return std::move(answers.front());
}

Result<std::vector<DnsMessage>> PrimaryServer::ask_all(std::span<const DnsQuestion> questions,
                                                       const Context& context) const {
  const auto addresses = FO_TRY(find(context));
  auto signed_answers = ask_signing(addresses, questions, context);
  const bool lapsed = !signed_answers && signed_answers.error().kind == ErrorKind::permission;
  if (!signed_answers && credential_->forget() && lapsed) signed_answers = ask_signing(addresses, questions, context);
  const bool plainly =
      !signed_answers && credential_->may_go_without() && signed_answers.error().kind == ErrorKind::integrity;
  if (!signed_answers && !plainly) return std::unexpected(signed_answers.error());
  std::vector<DnsMessage> answers;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (signed_answers && (*signed_answers)[i].proven()) {
      answers.push_back(std::move((*signed_answers)[i].message));
      continue;
    }
    const auto why = signed_answers ? fmt::format("its answer {}", to_string((*signed_answers)[i].proof))
                                    : signed_answers.error().message;
    answers.push_back(FO_TRY(ask_plainly(addresses, questions[i], why, context)));
  }
  return answers;
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
  auto answer = send_once(FO_TRY(find(context)), request, context);
  if (!answer) credential_->forget();
  return answer;
}

Result<JudgedMessage> PrimaryServer::send_once(const std::vector<Address>& addresses, const DnsMessage& request,
                                               const Context& context) const {
  Error last;
  for (const auto& address : addresses) {
    const auto signer = credential_->signer(address, context);
    if (signer && transport_ == DnsTransport::udp) {
      auto answer = ask_signed(address, request, transport_, *signer, clock_, context);
      if (answer || answer.error().kind != ErrorKind::unreachable) return answer;
      last = answer.error();
      continue;
    }
    auto stream = signer ? connect_tcp(address, context) : Result<DnsStream>(std::unexpected(signer.error()));
    if (stream) return ask_signed_on(*stream, address, request, *signer, clock_, context);
    last = stream.error();
    if (last.kind != ErrorKind::unreachable) break;
  }
  return std::unexpected(last);
}

PrimaryServer::Answers PrimaryServer::ask_signing(const std::vector<Address>& addresses,
                                                  std::span<const DnsQuestion> questions,
                                                  const Context& context) const {
  Error last;
  for (const auto& address : addresses) {
    const auto signer = credential_->signer(address, context);
    auto answers = signer ? ask_at(address, questions, *signer, context) : Answers(std::unexpected(signer.error()));
    if (answers || answers.error().kind != ErrorKind::unreachable) return answers;
    last = answers.error();
  }
  return std::unexpected(last);
}

PrimaryServer::Answers PrimaryServer::ask_at(const Address& address, std::span<const DnsQuestion> questions,
                                             TsigSigner& signer, const Context& context) const {
  if (transport_ == DnsTransport::tcp) {
    const auto age = Deadline::Clock::now() - kept_.used;
    if (kept_.server != address.text() || age > longest_idle) kept_ = {address.text(), {}, {}};
    auto answers = ask_signed_all(address, questions, signer, clock_, kept_.stream, context);
    kept_.used = Deadline::Clock::now();
    return answers;
  }
  std::vector<JudgedMessage> answers;
  for (const auto& question : questions) {
    DnsMessage query;
    query.questions.push_back(question);
    answers.push_back(FO_TRY(ask_signed(address, std::move(query), transport_, signer, clock_, context)));
  }
  return answers;
}

}  // namespace failover
