#include "net/gss_negotiation.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <sys/random.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/system_error.hpp"
#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_query.hpp"
#include "net/gss_context.hpp"
#include "net/tkey.hpp"
#include "net/tsig.hpp"

namespace failover {

namespace {

/// Kerberos needs one or two; a server could go on for ever.
constexpr int most_rounds = 8;

/// No two contexts of a server may have one name, whoever makes them.
Result<DnsName> fresh_key_name(std::string_view server_name) {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number) return fail_errno("cannot get random bytes");
  return DnsName::from_text(fmt::format("{:016x}.sig-{}", number, server_name));
}

/// One token there, one back. `wire` gets the answer as it came.
Result<std::string> exchange_token(const Address& server, const DnsName& key_name, std::string_view token,
                                   const WallClock& clock, std::string& wire, const Context& context) {
  auto query = FO_TRY(tkey_query(key_name, token, clock()));
  FO_TRY(renew_dns_id(query));
  const auto request = FO_TRY(build_dns_message(query));
  wire = FO_TRY(exchange_tcp(server, request, context));
  const auto doing = "name server " + server.text();
  const auto answer = FO_TRY(while_doing(doing, parse_dns_message(wire)));
  if (is_dns_answer(answer, query, true)) return while_doing(doing, tkey_token(answer, key_name));
  return fail(ErrorKind::protocol, doing + " answered another question than ours");
}

/// RFC 3645 section 3.1.3.1.
Result<void> check_last_answer(const std::string& wire, GssContext& gss, const WallClock& clock,
                               const Context& context) {
  if (!FO_TRY(parse_dns_message(wire)).tsig) return {};
  const auto doing = "agreeing upon a security context";
  const auto judged = FO_TRY(while_doing(doing, verify_tsig(wire, gss, {}, clock(), context)));
  if (judged.proven()) return {};
  return fail(ErrorKind::integrity, fmt::format("{}: the server's answer {}", doing, to_string(judged.proof)));
}

/// @param declined set when it was the name server that did not take a token
Result<std::unique_ptr<GssContext>> negotiate(const Address& server, const GssAccount& account, GssMechanism mechanism,
                                              const WallClock& clock, bool& declined, const Context& context) {
  const auto key_name = FO_TRY(fresh_key_name(account.server_name));
  auto gss = FO_TRY(GssContext::start(account, mechanism, key_name, context));
  std::string last_answer;
  auto step = FO_TRY(gss->step({}, context));
  for (int round = 0; !step.done || !step.token.empty(); ++round) {
    if (round == most_rounds || step.token.empty()) {
      return fail(ErrorKind::protocol, "the server and Kerberos do not come to an end with their security context");
    }
    const auto token = exchange_token(server, key_name, step.token, clock, last_answer, context);
    declined = !token;
    if (!token) return std::unexpected(token.error());
    if (step.done) break;
    step = FO_TRY(gss->step(*token, context));
  }
  FO_TRY(check_last_answer(last_answer, *gss, clock, context));
  return gss;
}

}  // namespace

Result<std::unique_ptr<GssContext>> negotiate_gss(const Address& server, const GssAccount& account,
                                                  const WallClock& clock, const Context& context) {
  bool declined = false;
  auto made = negotiate(server, account, GssMechanism::spnego, clock, declined, context);
  const auto kind = made ? ErrorKind::internal : made.error().kind;
  if (!declined || (kind != ErrorKind::permission && kind != ErrorKind::protocol)) return made;
  auto bare = negotiate(server, account, GssMechanism::krb5, clock, declined, context);
  return bare ? std::move(bare) : std::move(made);
}

}  // namespace failover
