#include "source/https.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/secret.hpp"
#include "core/url.hpp"
#include "core/whole_number.hpp"
#include "net/base64.hpp"
#include "net/http_client.hpp"
#include "net/http_date.hpp"
#include "net/http_exchange.hpp"
#include "net/http_message.hpp"
#include "net/server_origin.hpp"
#include "source/content_range.hpp"
#include "source/glob.hpp"
#include "source/http_index.hpp"
#include "source/http_source.hpp"

namespace failover {

namespace {

constexpr std::size_t most_names = 1000;
constexpr std::size_t looks_at_once = 4;

/// The value of the Authorization field, if there are credentials.
Result<std::optional<Secret>> authorization_of(const SourceOptions& options) {
  if (options.credentials_file && options.username) {
    return fail(ErrorKind::usage, "--credentials-file (a token) and --username exclude each other");
  }
  if (options.credentials_file) {
    std::string value = "Bearer ";
    value += FO_TRY(read_password_file(*options.credentials_file)).reveal();
    return std::optional<Secret>(Secret(std::move(value)));
  }
  if (!options.username) return std::optional<Secret>();
  if (!options.password_file) return fail(ErrorKind::usage, "--username needs --password-file");
  if (options.username->contains(':')) return fail(ErrorKind::usage, "a user's name must not hold a colon (RFC 7617)");
  std::string pair = *options.username + ":";
  pair += FO_TRY(read_password_file(*options.password_file)).reveal();
  const Secret both(std::move(pair));
  return std::optional<Secret>(Secret("Basic " + base64_encode(both.reveal())));
}

std::optional<std::uint64_t> announced_length(const HttpHead& head) {
  return whole_number<std::uint64_t>(head.find("Content-Length").value_or(""));
}

class HttpsSource : public HttpSource {
 public:
  HttpsSource(std::unique_ptr<HttpClient> client, ServerOrigin origin, PathPattern pattern, std::string location,
              std::optional<Secret> authorization, Url url, SourceOptions options)
      : HttpSource(std::move(client), true),
        origin_(std::move(origin)),
        pattern_(std::move(pattern)),
        location_(std::move(location)),
        authorization_(std::move(authorization)),
        url_(std::move(url)),
        options_(std::move(options)) {}

  [[nodiscard]] std::string describe() const override { return location_; }
  Result<std::vector<ObjectInfo>> list(const Context& context) override;
  Result<ObjectInfo> stat(const std::string& path, const Context& context) override;
  [[nodiscard]] Result<std::unique_ptr<Source>> another() const override { return make_https_source(url_, options_); }

 protected:
  Result<HttpRequest> object_request(const ObjectInfo& object, const Context& context) override;
  [[nodiscard]] Result<void> check_object(const ObjectInfo& object, const HttpHead& head) const override;

 private:
  [[nodiscard]] HttpRequest request_of(std::string_view method, const std::string& path) const;
  Result<std::vector<std::string>> names(const Context& context);
  Result<ObjectInfo> look_by_get(const std::string& path, const Context& context);
  Result<ObjectInfo> take_look(HttpExchange& exchange, const std::string& path, const Context& context);
  [[nodiscard]] Result<ObjectInfo> info_of(const std::string& path, const HttpHead& head, std::uint64_t size) const;

  ServerOrigin origin_;
  PathPattern pattern_;
  std::string location_;
  std::optional<Secret> authorization_;
  Url url_;
  SourceOptions options_;
};

HttpRequest HttpsSource::request_of(std::string_view method, const std::string& path) const {
  HttpRequest request;
  request.method = method;
  request.origin = origin_;
  request.target = percent_encode(path, "/");
  request.follow_redirects = true;
  if (authorization_)
    request.secret_fields.emplace_back("Authorization", Secret(std::string(authorization_->reveal())));
  return request;
}

/// A log-in page comes with status 200, too. No backup is a web page.
Result<ObjectInfo> HttpsSource::info_of(const std::string& path, const HttpHead& head, std::uint64_t size) const {
  ObjectInfo info;
  info.name = path.substr(path.rfind('/') + 1);
  info.path = path;
  info.size = size;
  if (head.content_type() == "text/html" && !info.name.ends_with(".html") && !info.name.ends_with(".htm")) {
    return fail(ErrorKind::protocol,
                fmt::format("{} answers for {} with a web page and not with a file; see whether it "
                            "wants a log-in",
                            origin_.text(), path));
  }
  if (const auto encoding = head.find("Content-Encoding"); encoding && *encoding != "identity") {
    return fail(ErrorKind::protocol, fmt::format("{} sends {} in another encoding ({}) although asked not to",
                                                 origin_.text(), path, *encoding));
  }
  info.version = head.find("ETag").value_or("");
  const auto modified = parse_http_date(std::string(head.find("Last-Modified").value_or("")));
  if (!modified && info.version.empty()) {
    return fail(ErrorKind::protocol, fmt::format("{} tells neither the time nor the version (ETag) of {}, so that it "
                                                 "cannot be told whether it stays the same",
                                                 origin_.text(), path));
  }
  info.modified = modified.value_or(WallTime{});
  return info;
}

Result<ObjectInfo> HttpsSource::look_by_get(const std::string& path, const Context& context) {
  auto request = request_of("GET", path);
  request.fields.push_back({"Range", "bytes=0-0"});
  const auto exchange = FO_TRY(client().begin(std::move(request), context));
  const auto* const head = FO_TRY(exchange->head(context));
  if (head->status == 206) {
    const auto range = parse_content_range(head->find("Content-Range").value_or(""));
    if (range && range->size) return info_of(path, *head, *range->size);
    return fail(ErrorKind::protocol, fmt::format("{} does not tell the size of {}", origin_.text(), path));
  }
  if (head->status == 416 && head->find("Content-Range") == "bytes */0") return info_of(path, *head, 0);
  if (head->status != 200) return std::unexpected(status_error(*exchange, "looking at " + path, context));
  const auto length = announced_length(*head);
  if (!length) return fail(ErrorKind::protocol, fmt::format("{} does not tell the size of {}", origin_.text(), path));
  return info_of(path, *head, *length);
}

Result<ObjectInfo> HttpsSource::take_look(HttpExchange& exchange, const std::string& path, const Context& context) {
  const auto head = *FO_TRY(exchange.head(context));
  const auto length = announced_length(head);
  if (head.status == 405 || head.status == 501 || (head.status == 200 && !length)) return look_by_get(path, context);
  if (head.status != 200) return std::unexpected(status_error(exchange, "looking at " + path, context));
  FO_TRY(exchange.read_body(0, context));
  return info_of(path, head, length.value_or(0));
}

Result<ObjectInfo> HttpsSource::stat(const std::string& path, const Context& context) {
  const auto exchange = FO_TRY(client().begin(request_of("HEAD", path), context));
  return take_look(*exchange, path, context);
}

Result<std::vector<std::string>> HttpsSource::names(const Context& context) {
  const auto make = [this]() -> Result<HttpRequest> { return request_of("GET", pattern_.folder); };
  const auto response = FO_TRY(ask("listing " + pattern_.folder, make, context));
  auto index = response.head.content_type() == "application/json" ? parse_http_index(response.body)
                                                                  : fail(ErrorKind::protocol, "it is not JSON");
  if (!index) {
    return fail(ErrorKind::usage, fmt::format("{} gives no index of {} that can be read ({}): name one object, or let "
                                              "nginx give it with 'autoindex on; autoindex_format json;'",
                                              origin_.text(), pattern_.folder, index.error().message));
  }
  std::erase_if(*index, [this](const std::string& name) { return !pattern_.matches(name); });
  if (index->size() > most_names) {
    return fail(ErrorKind::usage, fmt::format("more than {} objects match; use a narrower pattern", most_names));
  }
  return index;
}

Result<std::vector<ObjectInfo>> HttpsSource::list(const Context& context) {
  if (!pattern_.is_listing()) return std::vector{FO_TRY(stat(pattern_.path(), context))};
  const auto found = FO_TRY(names(context));
  // An index tells no version: each object is looked at, several at once.
  std::vector<ObjectInfo> objects;
  std::deque<std::unique_ptr<HttpExchange>> asked;
  for (std::size_t next = 0, done = 0; done < found.size(); ++done) {
    for (; next < found.size() && asked.size() < looks_at_once; ++next) {
      asked.push_back(FO_TRY(client().begin(request_of("HEAD", pattern_.folder + found[next]), context)));
    }
    auto info = take_look(*asked.front(), pattern_.folder + found[done], context);
    asked.pop_front();
    // One that goes while we list is simply not there any more.
    if (!info && info.error().kind != ErrorKind::not_found) return std::unexpected(info.error());
    if (info) objects.push_back(std::move(*info));
  }
  return objects;
}

Result<HttpRequest> HttpsSource::object_request(const ObjectInfo& object, const Context& /*context*/) {
  auto request = request_of("GET", object.path);
  // A weak ETag never matches (RFC 9110 section 13.1.1); check_object() compares it.
  if (!object.version.empty() && !object.version.starts_with("W/")) {
    request.fields.push_back({"If-Match", object.version});
  } else if (object.modified != WallTime{}) {
    request.fields.push_back({"If-Unmodified-Since", http_date(object.modified)});
  }
  return request;
}

Result<void> HttpsSource::check_object(const ObjectInfo& object, const HttpHead& head) const {
  // Not every server heeds a precondition, and a page instead of the file has a version of its own.
  const auto now = FO_TRY(info_of(object.path, head, object.size));
  if (now.version == object.version && now.modified == object.modified) return {};
  return fail(ErrorKind::conflict, object.name + " was replaced or written to meanwhile");
}

}  // namespace

Result<std::unique_ptr<Source>> make_https_source(const Url& url, const SourceOptions& options) {
  if (!url.user.empty()) return fail(ErrorKind::usage, "name the user with --username");
  if (options.endpoint)
    return fail(ErrorKind::usage, "--endpoint is for gs:// and s3://; an https:// source has its own");
  auto origin = FO_TRY(origin_of(url));
  // '?' is a wildcard here: what stands in a query is often a secret, and a location is kept in sidecars.
  const auto encoded = (url.path.empty() ? "/" : url.path) + (url.has_query ? "?" + url.query : "");
  auto pattern = FO_TRY(parse_path_pattern(encoded));
  auto authorization = FO_TRY(authorization_of(options));
  const auto transfer = FO_TRY(transfer_options(options));
  auto client = FO_TRY(HttpClient::create(transfer));
  auto location = origin.text() + encoded;
  return std::make_unique<HttpsSource>(std::move(client), std::move(origin), std::move(pattern), std::move(location),
                                       std::move(authorization), url, options);
}

}  // namespace failover
