#include "source/gs_identity.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/secret.hpp"
#include "net/google_credentials.hpp"
#include "net/google_token.hpp"
#include "net/http_client.hpp"
#include "net/server_origin.hpp"

namespace failover {

namespace {

/// On a machine that is none of Google's nobody answers, and that must not take long.
constexpr std::chrono::seconds patience{2};

constexpr std::string_view scope = "https://www.googleapis.com/auth/devstorage.read_only";

}  // namespace

Result<GsIdentity> GsIdentity::create(const SourceOptions& options, const ServerOrigin& origin) {
  GsIdentity identity;
  if (options.credentials_file) {
    if (origin.scheme == "http" && !origin.is_loopback()) {
      return fail(ErrorKind::usage, "credentials are not sent over plain http; use an https endpoint");
    }
    identity.token_.emplace(FO_TRY(find_google_credentials(options.credentials_file)), scope);
    return identity;
  }
  if (options.endpoint) {
    identity.why_nobody_ = "asked without credentials, see --credentials-file";
    return identity;
  }
  auto usual = FO_TRY(find_google_credentials(std::nullopt));
  identity.ask_machine_ = !usual.has_value();
  identity.token_.emplace(std::move(usual), scope);
  return identity;
}

Result<std::optional<Secret>> GsIdentity::authorization(HttpClient& client, const Context& context) {
  if (!token_) return std::optional<Secret>();
  if (!ask_machine_) return std::optional<Secret>(FO_TRY(token_->authorization(client, context)));
  auto first = token_->authorization(client, context.within(patience));
  FO_TRY(context.check());
  ask_machine_ = false;
  if (first) return std::optional<Secret>(std::move(*first));
  token_.reset();
  why_nobody_ = "asked without credentials: there is no --credentials-file, and no metadata server (" +
                first.error().message + ")";
  return std::optional<Secret>();
}

bool GsIdentity::renew() noexcept {
  if (token_) token_->forget();
  return token_.has_value();
}

}  // namespace failover
