#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "core/worker.hpp"
#include "net/dns_name.hpp"
#include "net/tsig_signer.hpp"

namespace failover {

/// Who we are in Kerberos, and with whom we speak.
struct GssAccount {
  Secret keytab;            ///< the bytes of the file
  std::string principal;    ///< empty: the keytab's first
  std::string server_name;  ///< the service is DNS/SERVER_NAME
  std::string krb5_config;  ///< a krb5.conf(5); empty: the system's
};

enum class GssMechanism { spnego, krb5 };

/// One security context of GSS-API with one server (RFC 2743), at work in the program fo-gss: a Kerberos server that
/// says nothing would hold the library for half a minute, and the program can be ended at the deadline. After an error
/// it is of no more use. Used by one thread at a time.
class GssContext final : public TsigSigner {
 public:
  /// Nothing is sent to anybody yet.
  /// @param key_name under which the name server is to know the context
  static Result<std::unique_ptr<GssContext>> start(const GssAccount& account, GssMechanism mechanism, DnsName key_name,
                                                   const Context& context);

  struct Step {
    std::string token;  ///< for the server; empty = it needs none
    bool done = false;  ///< the context is complete, and the server has proven who it is
  };
  /// @param token the server's last one; empty at the first step. Errors: unreachable or timeout when no Kerberos
  /// server
  ///   answers, permission when it or the name server does not take us, config when it does not know the service.
  Result<Step> step(std::string_view token, const Context& context);

  [[nodiscard]] const DnsName& key_name() const noexcept override { return key_name_; }
  [[nodiscard]] const DnsName& algorithm() const noexcept override { return algorithm_; }
  [[nodiscard]] std::size_t mac_size() const noexcept override { return 0; }
  [[nodiscard]] bool is_context() const noexcept override { return true; }
  Result<std::string> mac(std::string_view bytes, const Context& context) override;
  Result<bool> is_mac(std::string_view bytes, std::string_view mac, const Context& context) override;

 private:
  GssContext(std::unique_ptr<Worker> worker, DnsName key_name);
  /// What the worker answers: `data` frames, then JSON.
  struct Answer {
    std::string data;
    std::string json;
  };
  Result<Answer> receive(const Context& context);

  std::unique_ptr<Worker> worker_;
  DnsName key_name_;
  DnsName algorithm_;
};

}  // namespace failover
