#pragma once

#include <expected>
#include <string>
#include <string_view>

#include <gssapi/gssapi.h>
#include <krb5/krb5.h>

#include <failover/error.hpp>

namespace failover {

/// What libkrb5 says of a call that failed, as an error whose kind tells who must do something: unreachable (no
/// Kerberos server), config (it does not know the service, there is no realm, the keytab is none), permission (we are
/// not taken).
std::unexpected<Error> kerberos_failure(const std::string& work, krb5_context context, krb5_error_code code);

/// The same of GSS-API, whose codes tell less: of kind permission.
std::unexpected<Error> gss_failure(std::string_view work, OM_uint32 major, OM_uint32 minor);

}  // namespace failover
