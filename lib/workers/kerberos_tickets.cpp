#include "workers/kerberos_tickets.hpp"

#include <span>
#include <string>

#include <krb5/krb5.h>
#include <sys/mman.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/secret.hpp"
#include "core/system_error.hpp"
#include "workers/kerberos_failure.hpp"
#include "workers/kerberos_handles.hpp"

namespace failover {

namespace {

constexpr const char* cache_name = "MEMORY:failover";

Result<Fd> in_memory(const Secret& bytes) {
  Fd file(::memfd_create("keytab", MFD_CLOEXEC));
  if (!file) return fail_errno("cannot keep the keytab in memory");
  FO_TRY(write_all(file.get(), std::as_bytes(std::span(bytes.reveal()))));
  return file;
}

/// The principal of a keytab's first entry.
Result<void> first_principal(krb5_context context, krb5_keytab keytab, KerberosPrincipal& who) {
  krb5_kt_cursor cursor{};
  krb5_keytab_entry entry{};
  auto code = ::krb5_kt_start_seq_get(context, keytab, &cursor);
  if (code != 0) return kerberos_failure("the keytab cannot be read", context, code);
  code = ::krb5_kt_next_entry(context, keytab, &entry, &cursor);
  if (code == 0) {
    code = ::krb5_copy_principal(context, entry.principal, who.out());
    ::krb5_free_keytab_entry_contents(context, &entry);
  }
  ::krb5_kt_end_seq_get(context, keytab, &cursor);
  if (code != 0) return kerberos_failure("the keytab cannot be read", context, code);
  return {};
}

/// The ticket-granting ticket, alone in the cache.
Result<void> log_in(krb5_context context, krb5_keytab keytab, krb5_principal who, krb5_ccache cache) {
  krb5_creds ticket{};
  KerberosOptions options(context);
  auto code = ::krb5_get_init_creds_opt_alloc(context, options.out());
  if (code == 0) {
    code = ::krb5_get_init_creds_keytab(context, &ticket, who, keytab, 0, nullptr, options.get());
  }
  if (code != 0) return kerberos_failure("Kerberos does not give a ticket to the keytab's account", context, code);
  code = ::krb5_cc_initialize(context, cache, who);
  if (code == 0) code = ::krb5_cc_store_cred(context, cache, &ticket);
  ::krb5_free_cred_contents(context, &ticket);
  if (code != 0) return kerberos_failure("the ticket cannot be kept in memory", context, code);
  return {};
}

/// A ticket for the name server; the library puts it into the cache.
Result<void> reach_for(const std::string& server_name, krb5_context context, krb5_principal who, krb5_ccache cache) {
  const auto doing = "Kerberos gives no ticket for DNS/" + server_name;
  KerberosPrincipal service(context);
  auto code = ::krb5_sname_to_principal(context, server_name.c_str(), "DNS", KRB5_NT_SRV_HST, service.out());
  if (code != 0) return kerberos_failure(doing, context, code);
  krb5_creds wanted{};
  wanted.client = who;
  wanted.server = service.get();
  KerberosCredentials ticket(context);
  code = ::krb5_get_credentials(context, 0, cache, &wanted, ticket.out());
  if (code != 0) return kerberos_failure(doing, context, code);
  return {};
}

}  // namespace

Result<std::string> get_kerberos_tickets(const TicketWish& wish, const Secret& keytab_bytes) {
  const KerberosContext kerberos;
  auto* const context = kerberos.get();
  if (context == nullptr) return kerberos_failure("krb5.conf cannot be used", nullptr, kerberos.error());
  const auto file = FO_TRY(in_memory(keytab_bytes));
  KerberosKeytab keytab(context);
  const auto name = "FILE:/proc/self/fd/" + std::to_string(file.get());
  auto code = ::krb5_kt_resolve(context, name.c_str(), keytab.out());
  if (code != 0) return kerberos_failure("the keytab cannot be read", context, code);

  KerberosPrincipal who(context);
  if (wish.principal.empty()) {
    FO_TRY(first_principal(context, keytab.get(), who));
  } else {
    code = ::krb5_parse_name(context, wish.principal.c_str(), who.out());
    if (code != 0) return kerberos_failure("principal=" + wish.principal, context, code);
  }
  KerberosCache cache(context);
  code = ::krb5_cc_resolve(context, cache_name, cache.out());
  if (code != 0) return kerberos_failure("no cache in memory", context, code);
  FO_TRY(log_in(context, keytab.get(), who.get(), cache.get()));
  FO_TRY(reach_for(wish.server_name, context, who.get(), cache.get()));
  return std::string(cache_name);
}

}  // namespace failover
