#pragma once

#include <string>
#include <string_view>

#include <gssapi/gssapi.h>

#include <failover/error.hpp>

#include "core/secret.hpp"

namespace failover {

struct GssWish {
  std::string server_name;  ///< the service is DNS/SERVER_NAME
  std::string principal;    ///< empty: the keytab's first
  std::string krb5_config;  ///< empty: the system's
  bool spnego = true;       ///< false: bare Kerberos
};

/// The calling side of one security context of MIT's GSS-API, with tickets got by a keytab; both are in memory only.
/// One for each process: libkrb5's configuration comes from its environment.
class GssInitiator {
 public:
  /// Asks the Kerberos server for tickets; blocks as long as the library likes. @param keytab the bytes of the file
  static Result<GssInitiator> open(const GssWish& wish, const Secret& keytab);
  GssInitiator(GssInitiator&& other) noexcept;
  GssInitiator& operator=(GssInitiator&&) = delete;
  ~GssInitiator();

  struct Step {
    std::string token;
    bool done = false;
  };
  Result<Step> step(std::string_view token);
  Result<std::string> sign(std::string_view bytes);
  [[nodiscard]] bool check(std::string_view bytes, std::string_view mac);

 private:
  explicit GssInitiator(GssWish wish) noexcept;
  Result<void> acquire(const std::string& cache);

  GssWish wish_;
  gss_OID mechanism_ = GSS_C_NO_OID;
  gss_name_t target_ = GSS_C_NO_NAME;
  gss_cred_id_t credential_ = GSS_C_NO_CREDENTIAL;
  gss_ctx_id_t context_ = GSS_C_NO_CONTEXT;
};

}  // namespace failover
