#pragma once

#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// A Kerberos ticket for one SMB server, and what the worker fo-smb needs to use it.
struct SmbLogIn {
  std::string cache_file;   ///< the ticket cache; empty: no Kerberos
  std::string owner;        ///< NAME@REALM
  std::string krb5_config;  ///< a krb5.conf(5); empty: the system's
};

/// Has the worker fo-gss look into the ticket cache of whoever runs us: the one of KRB5CCNAME, or the default one. A
/// worker's environment is empty, so that variable and KRB5_CONFIG are handed on by name.
/// Errors: permission (no ticket, or an expired one), config (the realm does not know the server), unreachable or
///   timeout (no Kerberos server answers).
Result<SmbLogIn> smb_ticket(const std::string& server_name, const Context& context);

}  // namespace failover
