#pragma once

#include <memory>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/gss_context.hpp"

namespace failover {

/// Agrees upon a security context with a name server: GSS-API tokens in TKEY queries over TCP (RFC 3645 section 3),
/// inside SPNEGO, or as bare Kerberos where the server does not take that. The server's last answer is checked if it is
/// signed; one that is not is no loss, since mutual authentication is demanded of the tokens themselves.
Result<std::unique_ptr<GssContext>> negotiate_gss(const Address& server, const GssAccount& account,
                                                  const WallClock& clock, const Context& context);

}  // namespace failover
