#pragma once

#include <optional>
#include <span>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/dns_message.hpp"
#include "net/dns_stream.hpp"

namespace failover {

/// Sends every request that has no answer yet, all in one go on one connection, until each has one. A server that
/// closes after an answer is asked for the rest on connections of their own. Not for what must not be sent twice.
/// @param stream the connection to use, if there is one; should it have died since, a new one is made. After a success
/// the last one that was used is in it.
Result<void> exchange_tcp_all(const Address& server, std::span<DnsExchange> exchanges, std::optional<DnsStream>& stream,
                              const Context& context);

/// A connection that is made. Here and below the error of a server that is silent names it.
Result<DnsStream> connect_tcp(const Address& server, const Context& context);

/// Sends one request on a connection that is made already, and never again.
Result<void> exchange_on(DnsStream& stream, const Address& server, DnsExchange& exchange, const Context& context);

/// ask_tcp() for several questions, all under way at once: one round trip for all of them, or two where the server
/// keeps small answers back until the first is acknowledged (Nagle, as BIND does). The answers are in the order of the
/// questions.
/// @param begun connections that were begun before, if any: one a question saves that second round trip
Result<std::vector<DnsMessage>> ask_tcp_all(const Address& server, std::span<const DnsQuestion> questions,
                                            const Context& context, std::vector<DnsStream> begun = {});

}  // namespace failover
