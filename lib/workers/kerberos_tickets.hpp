#pragma once

#include <string>

#include <krb5/krb5.h>

#include <failover/error.hpp>

#include "core/secret.hpp"

namespace failover {

/// Whose tickets, and for whom.
struct TicketWish {
  std::string server_name;  ///< the service is DNS/SERVER_NAME
  std::string principal;    ///< empty: the keytab's first
};

/// Gets the ticket-granting ticket of a keytab's account and a ticket for the name server from the realm's Kerberos
/// server, and puts both into a cache in memory, where GSS-API finds them. GSS-API could do it by itself, but would say
/// of a failure only that there are no credentials. Blocks as long as the library likes.
/// @return the cache's name. Errors: unreachable (no Kerberos server), config (no such service or realm, no keytab),
///   permission (the account is not taken).
Result<std::string> get_kerberos_tickets(const TicketWish& wish, const Secret& keytab);

}  // namespace failover
