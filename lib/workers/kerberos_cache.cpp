#include "workers/kerberos_cache.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <krb5/krb5.h>

#include <failover/error.hpp>

#include "workers/kerberos_failure.hpp"
#include "workers/kerberos_handles.hpp"

namespace failover {

namespace {

struct Meaning {
  krb5_error_code code;
  ErrorKind kind;
  std::string_view advice;
  bool kinit = false;  ///< what helps
};

constexpr std::string_view no_cache = "the file that KRB5CCNAME names is no ticket cache";
constexpr std::string_view expired = "the Kerberos ticket has expired";

/// What means something else here than with a keytab.
constexpr std::array meanings{
    Meaning{KRB5_FCC_NOFILE, ErrorKind::permission, "there is no Kerberos ticket", true},
    Meaning{KRB5_CC_NOTFOUND, ErrorKind::permission, "there is no Kerberos ticket", true},
    Meaning{KRB5_FCC_PERM, ErrorKind::permission, "the ticket cache may not be read by who runs this"},
    Meaning{KRB5_CC_FORMAT, ErrorKind::config, no_cache},
    Meaning{KRB5_CC_END, ErrorKind::config, no_cache},
    Meaning{KRB5_CCACHE_BADVNO, ErrorKind::config, no_cache},
    Meaning{KRB5KRB_AP_ERR_TKT_EXPIRED, ErrorKind::permission, expired, true},
    Meaning{KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, ErrorKind::config,
            "the realm has no such service; give the server by the full name that it has in its domain"},
};

/// One attempt to log in, for its messages.
struct Attempt {
  std::string work;
  std::string owner = "USER@REALM";

  [[nodiscard]] std::string how_to_get_one() const { return "; type: kinit " + owner; }
};

std::unexpected<Error> failure(const Attempt& attempt, krb5_context context, krb5_error_code code) {
  for (const auto& meaning : meanings) {
    if (meaning.code != code) continue;
    return fail(meaning.kind, attempt.work + ": " + std::string(meaning.advice) +
                                  (meaning.kinit ? attempt.how_to_get_one() : std::string()));
  }
  return kerberos_failure(attempt.work, context, code);
}

/// libsmbclient comes with a Kerberos library of its own, which shares nothing but files with the system's.
Result<std::string> file_of(krb5_context context, krb5_ccache cache) {
  const std::string type = ::krb5_cc_get_type(context, cache);
  std::string name = ::krb5_cc_get_name(context, cache);
  if (type != "FILE" && type != "DIR") {
    return fail(ErrorKind::config,
                "the Kerberos ticket is in a cache of type " + type +
                    ", and an SMB server needs one in a file; set KRB5CCNAME=FILE:PATH, for kinit too");
  }
  if (name.starts_with(':')) name.erase(0, 1);  // one of a folder of several
  return name;
}

Result<std::string> name_of(krb5_context context, krb5_principal who, const Attempt& attempt) {
  char* text = nullptr;
  if (const auto code = ::krb5_unparse_name(context, who, &text); code != 0) return failure(attempt, context, code);
  std::string name(text);
  ::krb5_free_unparsed_name(context, text);
  return name;
}

/// The library forgives a ticket that ended within the clocks' tolerance, and so does the Kerberos server; libsmbclient
/// does not.
Result<void> check_time(krb5_context context, const krb5_creds& ticket, const Attempt& attempt) {
  krb5_timestamp now = 0;
  if (const auto code = ::krb5_timeofday(context, &now); code != 0) return failure(attempt, context, code);
  if (static_cast<std::uint32_t>(now) < static_cast<std::uint32_t>(ticket.times.endtime)) return {};
  return fail(ErrorKind::permission, attempt.work + ": " + std::string(expired) + attempt.how_to_get_one());
}

Result<void> get_ticket(krb5_context context, krb5_ccache cache, krb5_principal who, const std::string& server_name,
                        const Attempt& attempt) {
  KerberosPrincipal service(context);
  // Of a name that says nothing of its kind the library makes no other one by DNS, as libsmbclient does not either.
  auto code = ::krb5_sname_to_principal(context, server_name.c_str(), "cifs", KRB5_NT_UNKNOWN, service.out());
  if (code != 0) return failure(attempt, context, code);
  krb5_creds wanted{};
  wanted.client = who;
  wanted.server = service.get();
  KerberosCredentials ticket(context);
  code = ::krb5_get_credentials(context, 0, cache, &wanted, ticket.out());
  if (code != 0) return failure(attempt, context, code);
  return check_time(context, *ticket.get(), attempt);
}

}  // namespace

Result<SmbTicket> find_smb_ticket(const std::string& server_name) {
  const KerberosContext kerberos;
  auto* const context = kerberos.get();
  if (context == nullptr) return kerberos_failure("krb5.conf cannot be used", nullptr, kerberos.error());
  Attempt attempt{"cannot log in to " + server_name + " by Kerberos"};
  KerberosCache cache(context);
  if (const auto code = ::krb5_cc_default(context, cache.out()); code != 0) return failure(attempt, context, code);
  SmbTicket found;
  found.cache_file = FO_TRY(file_of(context, cache.get()));
  KerberosPrincipal who(context);
  if (const auto code = ::krb5_cc_get_principal(context, cache.get(), who.out()); code != 0) {
    attempt.work += " with the tickets in " + found.cache_file;
    return failure(attempt, context, code);
  }
  found.owner = FO_TRY(name_of(context, who.get(), attempt));
  attempt.work += " as " + found.owner + " (cifs/" + server_name + ")";
  attempt.owner = found.owner;
  FO_TRY(get_ticket(context, cache.get(), who.get(), server_name, attempt));
  return found;
}

}  // namespace failover
