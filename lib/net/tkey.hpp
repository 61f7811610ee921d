#pragma once

#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"

namespace failover {

/// The query that carries one token of a GSS-API negotiation to a name server (RFC 3645 section 3.1.2, RFC 2930 mode
/// 3).
/// @param key_name of the security context to be; @param now our clock
Result<DnsMessage> tkey_query(const DnsName& key_name, std::string_view token, WallTime now);

/// The server's token in the answer to it; may be empty once the server has all it needs. Errors: permission when the
/// server does not accept ours, protocol when it does not negotiate at all or says something else. Pure.
Result<std::string> tkey_token(const DnsMessage& answer, const DnsName& key_name);

/// RFC 3645 section 2: the algorithm's name of a security context.
DnsName gss_tsig_algorithm();

}  // namespace failover
