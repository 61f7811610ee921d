#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"

namespace failover {

/// The addresses of a server that is to be connected to. Without one it cannot be reached (kind unreachable); what is
/// not found is something on it.
Result<std::vector<Address>> find_server(const std::string& host, std::uint16_t port, const Context& context);
/// Looks the name up and connects to the first of its addresses that answers. The socket stays non-blocking.
/// @param limit for each address; the context's deadline bounds all of them.
Result<Fd> tcp_connect(const std::string& host, std::uint16_t port, Duration limit, const Context& context);
/// Connects to this one address.
Result<Fd> tcp_connect(const Address& address, Duration limit, const Context& context);

}  // namespace failover
