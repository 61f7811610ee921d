#include "notify/webhook_notifier.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/secret.hpp"
#include "core/url.hpp"
#include "net/http_client.hpp"
#include "net/http_message.hpp"
#include "net/http_redirect.hpp"
#include "net/http_status.hpp"
#include "net/server_origin.hpp"
#include "net/transfer.hpp"
#include "notify/notification_text.hpp"

namespace failover {

namespace {

constexpr std::string_view prefix = "webhook+";

struct WebhookPlace {
  ServerOrigin origin;
  std::string path;  ///< encoded
  std::optional<std::filesystem::path> ca_file = std::nullopt;
  std::optional<std::filesystem::path> token_file = std::nullopt;
  std::optional<std::filesystem::path> path_file = std::nullopt;  ///< for services whose path is the secret
};

class WebhookNotifier final : public Notifier {
 public:
  explicit WebhookNotifier(WebhookPlace place) noexcept : place_(std::move(place)) {}

  /// Without the path, which may be as good as a password.
  [[nodiscard]] std::string describe() const override { return place_.origin.text(); }

  /// Credentials are read now, not before the promotion: one that is missing must not keep it from going.
  Result<void> send(const Notification& notification, const Context& context) override {
    HttpRequest request;
    request.method = "POST";
    request.origin = place_.origin;
    request.target = place_.path;
    if (place_.path_file) request.target = FO_TRY(secret_path());
    request.fields.push_back({"Content-Type", "application/json"});
    request.body = Secret(notification_json(notification));
    request.at_most_once = true;
    if (place_.token_file) {
      const auto token = FO_TRY(read_password_file(*place_.token_file));
      std::string value = "Bearer ";
      value += token.reveal();
      request.secret_fields.emplace_back("Authorization", Secret(std::move(value)));
    }
    HttpRequest asked;  // for what is said of it
    asked.origin = place_.origin;
    TransferOptions options;
    options.trust.ca_file = place_.ca_file;
    const auto client = FO_TRY(HttpClient::create(options));
    const auto exchange = FO_TRY(client->begin(std::move(request), context));
    // The status is the answer; what may follow it is not read.
    const auto& head = *FO_TRY(exchange->head(context));
    if (head.status >= 200 && head.status < 300) return {};
    if (is_redirect(head.status)) {
      return fail(ErrorKind::refused, fmt::format("{} redirects elsewhere, where nothing of ours goes; correct the URL",
                                                  place_.origin.text()));
    }
    return std::unexpected(http_status_error(asked, head, "telling " + place_.origin.text(), ""));
  }

 private:
  [[nodiscard]] Result<std::string> secret_path() const {
    const auto file = place_.path_file.value_or(std::filesystem::path());
    const auto path = FO_TRY(read_password_file(file));
    std::string text(path.reveal());
    if (text.starts_with('/')) return text;
    return fail(ErrorKind::config, fmt::format("{} must hold the path alone, beginning with '/'", file.string()));
  }

  WebhookPlace place_;
};

Result<void> take_parameters(const Url& url, WebhookPlace& place) {
  for (const auto& [key, value] : FO_TRY(url.parameters())) {
    auto* const file = key == "ca-file"      ? &place.ca_file
                       : key == "token-file" ? &place.token_file
                       : key == "path-file"  ? &place.path_file
                                             : nullptr;
    if (file == nullptr) {
      return fail(ErrorKind::usage,
                  fmt::format("'{}' is no parameter of a webhook (ca-file, token-file, path-file)", key));
    }
    if (*file || value.empty()) return fail(ErrorKind::usage, fmt::format("a webhook has one {}, with a value", key));
    *file = value;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Notifier>> make_webhook_notifier(std::string_view spec) {
  const auto url = FO_TRY(parse_url(spec.substr(prefix.size())));
  if (!url.user.empty()) return fail(ErrorKind::usage, "a webhook takes a token-file, no user");
  WebhookPlace place{FO_TRY(origin_of(url)), url.path.empty() ? "/" : url.path};
  FO_TRY(take_parameters(url, place));
  if (place.path_file && place.path != "/") {
    return fail(ErrorKind::usage, "a webhook with a path-file has no path of its own");
  }
  if (place.origin.scheme == "http" && !place.origin.is_loopback()) {
    return fail(ErrorKind::usage,
                "over plain http anybody on the way could read and change the message; use webhook+https");
  }
  return std::make_unique<WebhookNotifier>(std::move(place));
}

}  // namespace failover
