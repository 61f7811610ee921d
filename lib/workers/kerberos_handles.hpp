#pragma once

#include <krb5/krb5.h>

namespace failover {

/// A handle of libkrb5 that is freed within its context, by a function that takes both.
template <typename Handle, auto Free>
class KerberosHandle {
 public:
  explicit KerberosHandle(krb5_context context) noexcept : context_(context) {}
  KerberosHandle(const KerberosHandle&) = delete;
  KerberosHandle& operator=(const KerberosHandle&) = delete;
  ~KerberosHandle() {
    if (handle_ != nullptr) Free(context_, handle_);
  }

  [[nodiscard]] Handle get() const noexcept { return handle_; }
  Handle* out() noexcept { return &handle_; }

 private:
  krb5_context context_;
  Handle handle_ = nullptr;
};

using KerberosPrincipal = KerberosHandle<krb5_principal, &krb5_free_principal>;
using KerberosKeytab = KerberosHandle<krb5_keytab, &krb5_kt_close>;
using KerberosCache = KerberosHandle<krb5_ccache, &krb5_cc_close>;
using KerberosOptions = KerberosHandle<krb5_get_init_creds_opt*, &krb5_get_init_creds_opt_free>;
using KerberosCredentials = KerberosHandle<krb5_creds*, &krb5_free_creds>;

class KerberosContext {
 public:
  KerberosContext() noexcept : error_(::krb5_init_context(&context_)) {}
  KerberosContext(const KerberosContext&) = delete;
  KerberosContext& operator=(const KerberosContext&) = delete;
  ~KerberosContext() {
    if (context_ != nullptr) ::krb5_free_context(context_);
  }

  [[nodiscard]] krb5_context get() const noexcept { return context_; }
  [[nodiscard]] krb5_error_code error() const noexcept { return error_; }

 private:
  krb5_context context_ = nullptr;
  krb5_error_code error_ = 0;
};

}  // namespace failover
