#include "dns/primary_server.hpp"

#include <expected>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/url.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/resolver.hpp"

namespace failover {

std::string HostPort::to_text() const {
  return host_and_port(host, port);
}

Result<DnsMessage> PrimaryServer::ask(const DnsQuestion& question, const Context& context) const {
  DnsMessage query;
  query.questions.push_back(question);
  return send(query, context);
}

Result<DnsMessage> PrimaryServer::send(const DnsMessage& request, const Context& context) const {
  const auto addresses = FO_TRY(
      while_doing("finding the name server " + place_.host, Resolver::resolve_now(place_.host, place_.port, context)));
  Error last;
  for (const auto& address : addresses) {
    auto answer = ask_signed(address, request, key_, clock_, context);
    if (answer || answer.error().kind != ErrorKind::unreachable) return answer;
    last = answer.error();
  }
  return std::unexpected(last);
}

}  // namespace failover
