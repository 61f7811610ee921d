#pragma once

#include <optional>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/google_credentials.hpp"
#include "net/http_client.hpp"

namespace failover {

/// An access token of Google's, fetched when it is needed and again before it expires: by credentials, or without any
/// from the metadata server of the virtual machine that we run on.
class GoogleToken {
 public:
  /// @param scope what the token is good for, a literal; the metadata server has scopes of its own
  GoogleToken(std::optional<GoogleCredentials> credentials, std::string_view scope) noexcept;

  /// The value of the Authorization field. Errors: permission (the credentials are not taken), those of HttpClient.
  Result<Secret> authorization(HttpClient& client, const Context& context);
  /// The next one is fetched anew.
  void forget() noexcept;

 private:
  /// A new one, as the value of the field.
  Result<Secret> fetch(HttpClient& client, const Context& context);

  std::optional<GoogleCredentials> credentials_;
  std::string_view scope_;
  std::optional<Secret> token_;
  Deadline::Clock::time_point good_until_;
};

}  // namespace failover
