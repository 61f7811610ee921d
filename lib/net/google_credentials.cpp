#include "net/google_credentials.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "core/secret.hpp"
#include "core/url.hpp"
#include "net/server_origin.hpp"
#include "net/ssh_host_key.hpp"

namespace failover {

namespace {

Result<std::string> text_of(const nlohmann::json& file, std::string_view key) {
  const auto found = file.find(key);
  if (found == file.end() || !found->is_string() || found->get<std::string>().empty()) {
    return fail(ErrorKind::config, fmt::format("it lacks \"{}\"; get the file anew", key));
  }
  return found->get<std::string>();
}

Result<void> set_token_uri(GoogleCredentials& credentials, const nlohmann::json& file) {
  credentials.token_uri = file.contains("token_uri") ? FO_TRY(text_of(file, "token_uri"))
                                                     : std::string("https://oauth2.googleapis.com/token");
  const auto url = FO_TRY(while_doing("its token_uri", parse_url(credentials.token_uri)));
  credentials.token_origin = FO_TRY(while_doing("its token_uri", origin_of(url)));
  const auto& origin = credentials.token_origin;
  if (origin.scheme != "https" && !(origin.scheme == "http" && origin.is_loopback())) {
    return fail(ErrorKind::config, "its token_uri is not https");
  }
  credentials.token_target = (url.path.empty() ? "/" : url.path) + (url.has_query ? "?" + url.query : "");
  return {};
}

}  // namespace

Result<GoogleCredentials> parse_google_credentials(std::string_view json) {
  const auto file = nlohmann::json::parse(json, nullptr, false);
  if (!file.is_object()) return fail(ErrorKind::config, "it is no JSON file of Google's; get it anew");
  const auto type = FO_TRY(text_of(file, "type"));
  if (type != "service_account" && type != "authorized_user") {
    return fail(
        ErrorKind::config,
        fmt::format("credentials of type '{}' are not supported; use a service account's key", type.substr(0, 40)));
  }
  const auto credentials_of = [&]() -> Result<GoogleCredentials> {
    if (type == "service_account") {
      auto email = FO_TRY(text_of(file, "client_email"));
      auto key_id = FO_TRY(text_of(file, "private_key_id"));
      auto key = FO_TRY(text_of(file, "private_key"));
      return GoogleCredentials{
          GoogleServiceAccount{std::move(email), std::move(key_id), Secret(std::move(key))}, {}, {}, {}};
    }
    auto id = FO_TRY(text_of(file, "client_id"));
    auto secret = FO_TRY(text_of(file, "client_secret"));
    auto refresh = FO_TRY(text_of(file, "refresh_token"));
    return GoogleCredentials{
        GoogleAuthorizedUser{std::move(id), Secret(std::move(secret)), Secret(std::move(refresh))}, {}, {}, {}};
  };
  auto credentials = FO_TRY(credentials_of());
  FO_TRY(set_token_uri(credentials, file));
  return credentials;
}

Result<std::optional<GoogleCredentials>> find_google_credentials(const std::optional<std::filesystem::path>& file) {
  const auto path = file.value_or(home_directory() / ".config" / "gcloud" / "application_default_credentials.json");
  std::error_code ignored;
  if (!file && !std::filesystem::exists(path, ignored)) return std::nullopt;
  const auto text = FO_TRY(read_credential_file(path));
  return FO_TRY(while_doing(path.string(), parse_google_credentials(text.reveal())));
}

}  // namespace failover
