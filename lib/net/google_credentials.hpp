#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/server_origin.hpp"

namespace failover {

/// A robot of a project, known by its key.
struct GoogleServiceAccount {
  std::string client_email;
  std::string private_key_id;
  Secret private_key;  ///< PEM, PKCS #8
};

/// A person who has logged in once (`gcloud auth application-default login`).
struct GoogleAuthorizedUser {
  std::string client_id;
  Secret client_secret;
  Secret refresh_token;
};

/// One of Google's credential files.
struct GoogleCredentials {
  std::variant<GoogleServiceAccount, GoogleAuthorizedUser> account;
  std::string token_uri;      ///< as written: what a service account's assertion is addressed to
  ServerOrigin token_origin;  ///< https, or this very host
  std::string token_target;
};

/// Reads Google's JSON. Types other than service_account and authorized_user are an error of kind config that names
/// them.
Result<GoogleCredentials> parse_google_credentials(std::string_view json);

/// From `file`, else the application default credentials in ~/.config/gcloud, if there are any; none: the machine that
/// we run on may have some.
Result<std::optional<GoogleCredentials>> find_google_credentials(const std::optional<std::filesystem::path>& file);

}  // namespace failover
