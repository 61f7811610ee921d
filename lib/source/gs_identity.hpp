#pragma once

#include <optional>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/secret.hpp"
#include "net/google_token.hpp"
#include "net/http_client.hpp"
#include "net/server_origin.hpp"

namespace failover {

/// As whom Google Cloud Storage is asked: by `credentials_file`; else, unless an endpoint is given, by the application
/// default credentials in ~/.config/gcloud, or as the virtual machine that we run on; else as nobody.
class GsIdentity {
 public:
  /// @param origin of the store; credentials go there over plain http only when it is this very host
  static Result<GsIdentity> create(const SourceOptions& options, const ServerOrigin& origin);

  /// The value of the Authorization field; none: as nobody.
  Result<std::optional<Secret>> authorization(HttpClient& client, const Context& context);
  /// After a 401. False: there is nothing to renew.
  bool renew() noexcept;
  /// A clause for whoever is denied something; empty if credentials were used.
  [[nodiscard]] const std::string& why_nobody() const noexcept { return why_nobody_; }

 private:
  GsIdentity() noexcept = default;

  std::optional<GoogleToken> token_;
  bool ask_machine_ = false;  // whether there is a metadata server is not known yet
  std::string why_nobody_;
};

}  // namespace failover
