#pragma once

#include <string>

#include <failover/error.hpp>

namespace failover {

/// The ticket cache of whoever runs us, with a ticket for one SMB server in it.
struct SmbTicket {
  std::string cache_file;  ///< its path
  std::string owner;       ///< NAME@REALM
};

/// Looks into the cache that KRB5CCNAME names, or the default one, and gets a ticket for cifs/SERVER_NAME from the
/// realm's Kerberos server unless a valid one is there already. libsmbclient would do so by itself, but would say of
/// every failure that an argument is invalid. Blocks as long as the library likes.
/// Errors: permission (no ticket, or an expired one), config (no such service or realm, a cache that is no file),
///   unreachable (no Kerberos server).
Result<SmbTicket> find_smb_ticket(const std::string& server_name);

}  // namespace failover
