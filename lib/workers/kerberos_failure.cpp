#include "workers/kerberos_failure.hpp"

#include <algorithm>
#include <array>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include <gssapi/gssapi.h>
#include <krb5/krb5.h>

#include <failover/error.hpp>

namespace failover {

namespace {

std::string said(OM_uint32 code, int type) {
  std::string text;
  OM_uint32 more = 0;
  do {
    OM_uint32 minor = 0;
    gss_buffer_desc line{};
    if (GSS_ERROR(::gss_display_status(&minor, code, type, GSS_C_NO_OID, &more, &line))) break;
    if (!text.empty()) text += ", ";
    text.append(static_cast<const char*>(line.value), line.length);
    ::gss_release_buffer(&minor, &line);
  } while (more != 0);
  return text;
}

struct Meaning {
  krb5_error_code code;
  ErrorKind kind;
  std::string_view advice;
};

constexpr std::array meanings{
    Meaning{KRB5_KDC_UNREACH, ErrorKind::unreachable,
            "no Kerberos server (KDC) of the realm answers; look at its name in krb5.conf"},
    Meaning{KRB5_REALM_UNKNOWN, ErrorKind::config, "name the realm's Kerberos server in krb5.conf"},
    Meaning{KRB5_REALM_CANT_RESOLVE, ErrorKind::unreachable, "the Kerberos server's name cannot be found"},
    Meaning{KRB5_CONFIG_CANTOPEN, ErrorKind::config, "is there a krb5.conf?"},
    Meaning{KRB5_CONFIG_BADFORMAT, ErrorKind::config, "look at krb5.conf"},
    Meaning{KRB5_CONFIG_NODEFREALM, ErrorKind::config, "krb5.conf names no default_realm"},
    Meaning{KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, ErrorKind::permission,
            "the realm has no such account: is the keytab's right?"},
    Meaning{KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, ErrorKind::config,
            "the realm has no such DNS service: server-name= must be the name server's own full name"},
    Meaning{KRB5KDC_ERR_CLIENT_REVOKED, ErrorKind::permission, "the account is disabled or locked"},
    Meaning{KRB5KDC_ERR_KEY_EXP, ErrorKind::permission, "the account's password has expired"},
    Meaning{KRB5KDC_ERR_PREAUTH_FAILED, ErrorKind::permission,
            "the account has another password now: export its keytab again"},
    Meaning{KRB5KRB_AP_ERR_BAD_INTEGRITY, ErrorKind::permission,
            "the account has another password now: export its keytab again"},
    Meaning{KRB5KDC_ERR_ETYPE_NOSUPP, ErrorKind::permission, "the keytab has no key of a kind that the realm takes"},
    Meaning{KRB5_KT_NOTFOUND, ErrorKind::config, "the keytab holds no key of that principal"},
    Meaning{KRB5_KEYTAB_BADVNO, ErrorKind::config, "the file is no keytab"},
    Meaning{KRB5_KT_FORMAT, ErrorKind::config, "the file is no keytab"},
    Meaning{KRB5_KT_END, ErrorKind::config, "the keytab is empty"},
    Meaning{KRB5KRB_AP_ERR_SKEW, ErrorKind::permission, "the clocks differ too much; set them right (timedatectl)"},
    Meaning{KRB5KDC_ERR_NEVER_VALID, ErrorKind::permission, "the clocks differ too much; set them right (timedatectl)"},
};

}  // namespace

std::unexpected<Error> kerberos_failure(const std::string& work, krb5_context context, krb5_error_code code) {
  const char* text = ::krb5_get_error_message(context, code);
  std::string message = work + ": " + (text == nullptr ? "unknown error" : text);
  ::krb5_free_error_message(context, text);
  for (const auto& meaning : meanings) {
    if (meaning.code == code) return fail(meaning.kind, message + "; " + std::string(meaning.advice));
  }
  return fail(ErrorKind::permission, std::move(message));
}

std::unexpected<Error> gss_failure(std::string_view work, OM_uint32 major, OM_uint32 minor) {
  auto message = std::string(work) + ": " + said(major, GSS_C_GSS_CODE);
  if (minor != 0) message += ", " + said(minor, GSS_C_MECH_CODE);
  const auto gone = std::ranges::remove(message, '\0');  // some texts of the library end with one
  message.erase(gone.begin(), gone.end());
  return fail(ErrorKind::permission, std::move(message));
}

}  // namespace failover
