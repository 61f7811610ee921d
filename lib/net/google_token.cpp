#include "net/google_token.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "core/url.hpp"
#include "net/google_assertion.hpp"
#include "net/google_credentials.hpp"
#include "net/http_client.hpp"
#include "net/http_message.hpp"
#include "net/http_status.hpp"

namespace failover {

namespace {

constexpr std::size_t short_answer = std::size_t{64} * 1024;
constexpr std::size_t said = 200;
/// So long before its end a token is not used any more.
constexpr std::chrono::seconds margin{60};

HttpRequest metadata_request() {
  HttpRequest request;
  request.origin = {"http", "169.254.169.254", 80};
  request.target = "/computeMetadata/v1/instance/service-accounts/default/token";
  request.fields.push_back({"Metadata-Flavor", "Google"});
  return request;
}

Result<HttpRequest> token_request(const GoogleCredentials& credentials, std::string_view scope) {
  HttpRequest request;
  request.method = "POST";
  request.origin = credentials.token_origin;
  request.target = credentials.token_target;
  request.fields.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  std::string body;
  if (const auto* const robot = std::get_if<GoogleServiceAccount>(&credentials.account)) {
    const auto now = std::chrono::system_clock::now();
    const auto assertion = FO_TRY(google_assertion(*robot, credentials.token_uri, scope, now));
    body = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    body += assertion.reveal();
  } else {
    const auto& user = std::get<GoogleAuthorizedUser>(credentials.account);
    body = "grant_type=refresh_token&client_id=" + percent_encode(user.client_id, "");
    body += "&client_secret=" + percent_encode(user.client_secret.reveal(), "");
    body += "&refresh_token=" + percent_encode(user.refresh_token.reveal(), "");
  }
  request.body = Secret(std::move(body));
  return request;
}

std::string detail_of(const std::string& body) {
  const auto answer = nlohmann::json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("error") || !answer["error"].is_string()) return {};
  auto text = answer["error"].get<std::string>().substr(0, said);
  const auto more = answer.find("error_description");
  if (more != answer.end() && more->is_string()) text += ": " + more->get<std::string>().substr(0, said);
  if (text.starts_with("invalid_grant")) text += "; see this host's clock, and whether the key was withdrawn";
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

}  // namespace

GoogleToken::GoogleToken(std::optional<GoogleCredentials> credentials, std::string_view scope) noexcept
    : credentials_(std::move(credentials)), scope_(scope) {}

void GoogleToken::forget() noexcept {
  token_.reset();
}

Result<Secret> GoogleToken::fetch(HttpClient& client, const Context& context) {
  auto request = credentials_ ? FO_TRY(token_request(*credentials_, scope_)) : metadata_request();
  HttpRequest asked;  // for what is said of it
  asked.origin = request.origin;
  const auto response = FO_TRY(client.send(std::move(request), short_answer, context));
  if (!credentials_ && response.head.find("Metadata-Flavor") != "Google") {
    return fail(ErrorKind::protocol, "what answers at 169.254.169.254 is not Google's metadata server");
  }
  if (response.head.status != 200) {
    auto error = http_status_error(asked, response.head, "getting an access token", detail_of(response.body));
    // 400 is how a token server says that it does not take the credentials (RFC 6749 section 5.2).
    if (response.head.status == 400) error.kind = ErrorKind::permission;
    return std::unexpected(std::move(error));
  }
  const auto answer = nlohmann::json::parse(response.body, nullptr, false);
  const auto token = answer.is_object() ? answer.find("access_token") : answer.end();
  if (!answer.is_object() || token == answer.end() || !token->is_string() || token->get<std::string>().empty()) {
    return fail(ErrorKind::protocol, fmt::format("{} gives no access token in its answer", asked.origin.text()));
  }
  const auto life = answer.find("expires_in");
  const auto seconds = life != answer.end() && life->is_number_unsigned() ? life->get<std::uint64_t>() : 0;
  std::string value = "Bearer ";
  value += token->get<std::string>();
  good_until_ = Deadline::Clock::now() + std::chrono::seconds(std::min<std::uint64_t>(seconds, 86'400)) - margin;
  return Secret(std::move(value));
}

Result<Secret> GoogleToken::authorization(HttpClient& client, const Context& context) {
  if (!token_ || Deadline::Clock::now() >= good_until_) token_ = FO_TRY(fetch(client, context));
  return Secret(std::string(token_->reveal()));
}

}  // namespace failover
