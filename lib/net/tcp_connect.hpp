#pragma once

#include <cstdint>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// Looks the name up and connects to the first of its addresses that answers. The socket stays non-blocking.
/// @param limit for each address; the context's deadline bounds all of them.
Result<Fd> tcp_connect(const std::string& host, std::uint16_t port, Duration limit, const Context& context);

}  // namespace failover
