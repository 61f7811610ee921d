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

/// ask_tcp() for several questions on one connection, all under way at once: one round trip for all of them. A server
/// that closes after an answer is asked for the rest on connections of their own. The answers are in the order of the
/// questions.
/// @param begun a connection that was begun before, if any; should it have died since, a new one is made
Result<std::vector<DnsMessage>> ask_tcp_all(const Address& server, std::span<const DnsQuestion> questions,
                                            const Context& context, std::optional<DnsStream> begun = std::nullopt);

}  // namespace failover
