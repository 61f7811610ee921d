#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/dns_message.hpp"

namespace failover {

/// The longest that one exchange with one server may take, within the context's own deadline.
inline constexpr std::chrono::seconds dns_exchange_limit{10};

/// Where the time for signatures comes from.
using WallClock = std::function<WallTime()>;

/// Asks one server over a new TCP connection (RFC 7766), without recursion. Any RCODE is a success here; an error says
/// that nothing usable came: unreachable, timeout, cancelled, protocol.
Result<DnsMessage> ask_tcp(const Address& server, const DnsQuestion& question, const Context& context);

/// The same over UDP: three tries of 1, 2 and 4 seconds, each with a random ID from a fresh socket (RFC 5452). Packets
/// with another ID or another question, or that cannot be read, are dropped and waiting goes on. A truncated answer is
/// asked for again over TCP.
/// @param recursion the server is a resolver, which asks others
Result<DnsMessage> ask_udp(const Address& server, const DnsQuestion& question, const Context& context,
                           bool recursion = false);

/// Sends one message over a new TCP connection and gives the first one back that has its ID, as it came.
Result<std::string> exchange_tcp(const Address& server, std::string_view wire, const Context& context);

}  // namespace failover
