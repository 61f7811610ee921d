#include "dns/provider_client.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/pause.hpp"
#include "core/secret.hpp"
#include "core/url.hpp"
#include "net/http_client.hpp"
#include "net/http_message.hpp"
#include "net/http_redirect.hpp"
#include "net/http_status.hpp"
#include "net/server_origin.hpp"
#include "net/transfer.hpp"

namespace failover {

namespace {

constexpr std::size_t most_bytes = std::size_t{4} * 1024 * 1024;
constexpr std::size_t most_said = 300;
constexpr int most_tries = 5;
constexpr Duration first_pause = std::chrono::milliseconds(250);
constexpr std::chrono::seconds stall{10};

/// A provider's words may steer no terminal and forge no line.
std::string clause(std::string text) {
  text.resize(std::min(text.size(), most_said));
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  while (text.ends_with(' ') || text.ends_with('.')) text.pop_back();
  return text;
}

bool may_pass(ErrorKind kind) noexcept {
  return kind == ErrorKind::timeout || kind == ErrorKind::unreachable;
}

/// An answer that is an error, and whether the provider said that it has done nothing.
struct Refusal {
  Error error;
  bool nothing_done = false;
};

Refusal refusal_of(const HttpRequest& asked, const HttpResponse& response, std::string_view what,
                   const ProviderComplaint& complaint) {
  if (is_redirect(response.head.status)) {
    return {{ErrorKind::refused, fmt::format("{}: {} redirects elsewhere, where our credentials do not go; correct the "
                                             "URL",
                                             what, asked.origin.text())},
            false};
  }
  auto error = http_status_error(asked, response.head, what, clause(complaint.text));
  const bool later = response.head.status == 429 || complaint.try_later;
  if (later) error.kind = ErrorKind::unreachable;
  if (complaint.kind && !later) error.kind = *complaint.kind;
  return {std::move(error), later};
}

/// Waits as long as the server asks, or by our own measure. False: there is not so much time.
bool wait_for_another_try(const HttpHead& head, Duration pause, const Context& context) {
  if (const auto asked = retry_after(head)) {
    if (*asked >= context.deadline.remaining()) return false;
    pause = std::max<Duration>(pause, *asked);
  }
  return pause_between_tries(pause, context).has_value();
}

}  // namespace

ProviderClient::ProviderClient(std::unique_ptr<HttpClient> http, ServerOrigin origin, ProviderManners manners) noexcept
    : http_(std::move(http)), origin_(std::move(origin)), manners_(std::move(manners)) {}

Result<std::unique_ptr<ProviderClient>> ProviderClient::create(const ProviderPlace& place, ProviderManners manners) {
  TransferOptions options;
  options.trust.ca_file = place.ca_file;
  options.stall_timeout = stall;
  auto http = FO_TRY(HttpClient::create(options));
  return std::unique_ptr<ProviderClient>(new ProviderClient(std::move(http), place.origin, std::move(manners)));
}

Result<std::string> ProviderClient::ask(std::string_view what, const std::function<HttpRequest()>& make, Again again,
                                        const Context& context) {
  auto pause = first_pause;
  bool renewed = false;
  for (int attempt = 1;; ++attempt, pause *= 2) {
    auto request = make();
    HttpRequest asked;  // for what is said of it
    asked.origin = request.origin;
    FO_TRY(while_doing(what, manners_.sign(request, *http_, context)));
    const auto response = http_->send(std::move(request), most_bytes, context);
    if (!response) {
      const auto& error = response.error();
      const bool retry = again == Again::harmless && attempt < most_tries && may_pass(error.kind) &&
                         pause_between_tries(pause, context).has_value();
      if (!retry) return std::unexpected(error.while_doing(what));
      continue;
    }
    const auto status = response->head.status;
    if (status >= 200 && status < 300) return response->body;
    if (status == 401 && !renewed && manners_.renew && manners_.renew()) {
      renewed = true;
      continue;
    }
    auto refusal = refusal_of(asked, *response, what, manners_.complaint(status, response->body));
    const bool worth = refusal.nothing_done || (again == Again::harmless && may_pass(refusal.error.kind));
    if (!worth || attempt == most_tries || !wait_for_another_try(response->head, pause, context)) {
      return std::unexpected(std::move(refusal.error));
    }
  }
}

Result<std::string> ProviderClient::get(std::string_view what, const std::string& target, const Context& context) {
  const auto make = [&] {
    HttpRequest request;
    request.origin = origin_;
    request.target = target;
    return request;
  };
  return ask(what, make, Again::harmless, context);
}

Result<std::string> ProviderClient::change(std::string_view what, std::string_view method, const std::string& target,
                                           std::string_view content_type, const std::string& body,
                                           const Context& context) {
  const auto make = [&] {
    HttpRequest request;
    request.method = method;
    request.origin = origin_;
    request.target = target;
    request.fields.push_back({"Content-Type", std::string(content_type)});
    request.body = Secret(body);
    request.at_most_once = true;
    return request;
  };
  return ask(what, make, Again::harmful, context);
}

Result<ServerOrigin> provider_origin(std::string_view usual, std::string_view endpoint) {
  const auto text = endpoint.empty() ? usual : endpoint;
  const auto url = FO_TRY(while_doing("endpoint", parse_url(text)));
  if ((url.scheme != "https" && url.scheme != "http") || url.has_query || !url.user.empty() ||
      (!url.path.empty() && url.path != "/")) {
    return fail(ErrorKind::usage, "endpoint is https://HOST[:PORT]");
  }
  auto origin = FO_TRY(origin_of(url));
  if (origin.scheme == "http" && !origin.is_loopback()) {
    return fail(ErrorKind::usage, "credentials are not sent over plain http; use an https endpoint");
  }
  return origin;
}

}  // namespace failover
