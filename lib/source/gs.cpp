#include "source/gs.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"
#include "net/http_client.hpp"
#include "net/http_message.hpp"
#include "net/server_origin.hpp"
#include "source/glob.hpp"
#include "source/gs_identity.hpp"
#include "source/gs_json.hpp"
#include "source/http_source.hpp"

namespace failover {

namespace {

constexpr std::size_t most_objects = 100'000;
constexpr std::string_view api = "/storage/v1";

/// Where the API is.
struct Endpoint {
  ServerOrigin origin;
  std::string prefix;  ///< before "/storage/v1"
};

class GsSource : public HttpSource {
 public:
  GsSource(std::unique_ptr<HttpClient> client, GsIdentity identity, Endpoint endpoint, PathPattern pattern,
           std::string location, Url url, SourceOptions options)
      : HttpSource(std::move(client), false),
        identity_(std::move(identity)),
        endpoint_(std::move(endpoint)),
        bucket_(url.host),
        pattern_(std::move(pattern)),
        location_(std::move(location)),
        url_(std::move(url)),
        options_(std::move(options)) {}

  [[nodiscard]] std::string describe() const override { return location_; }
  Result<std::vector<ObjectInfo>> list(const Context& context) override;
  Result<ObjectInfo> stat(const std::string& path, const Context& context) override;
  [[nodiscard]] Result<std::unique_ptr<Source>> another() const override { return make_gs_source(url_, options_); }

 protected:
  Result<HttpRequest> object_request(const ObjectInfo& object, const Context& context) override;
  [[nodiscard]] Result<void> check_object(const ObjectInfo& object, const HttpHead& head) const override;
  Result<bool> renew_credentials(const Context& /*context*/) override { return identity_.renew(); }
  [[nodiscard]] std::string error_detail(const HttpHead& head, std::string_view body) const override;

 private:
  Result<HttpRequest> request_of(std::string_view target, const Context& context);
  Result<GsPage> page(const std::string& token, const Context& context);
  [[nodiscard]] std::string folder() const { return pattern_.folder.substr(1); }

  GsIdentity identity_;
  Endpoint endpoint_;
  std::string bucket_;
  PathPattern pattern_;
  std::string location_;
  Url url_;
  SourceOptions options_;
};

Result<HttpRequest> GsSource::request_of(std::string_view target, const Context& context) {
  HttpRequest request;
  request.origin = endpoint_.origin;
  request.target = fmt::format("{}{}/b/{}/o{}", endpoint_.prefix, api, percent_encode(bucket_, ""), target);
  if (auto proof = FO_TRY(identity_.authorization(client(), context))) {
    request.secret_fields.emplace_back("Authorization", std::move(*proof));
  }
  return request;
}

std::string GsSource::error_detail(const HttpHead& head, std::string_view body) const {
  auto said = gs_error_text(body);
  if ((head.status == 401 || head.status == 403) && !identity_.why_nobody().empty()) {
    said += (said.empty() ? "" : "; ") + identity_.why_nobody();
  }
  return said;
}

Result<GsPage> GsSource::page(const std::string& token, const Context& context) {
  auto target = fmt::format("?delimiter=%2F&maxResults=1000&prefix={}", percent_encode(folder(), ""));
  if (!token.empty()) target += "&pageToken=" + percent_encode(token, "");
  const auto work = "listing " + bucket_;
  const auto response = FO_TRY(ask(work, [&] { return request_of(target, context); }, context));
  return while_doing(work, parse_gs_page(response.body));
}

Result<std::vector<ObjectInfo>> GsSource::list(const Context& context) {
  if (!pattern_.is_listing()) return std::vector{FO_TRY(stat(pattern_.path().substr(1), context))};
  std::vector<ObjectInfo> objects;
  std::string token;
  do {
    auto found = FO_TRY(page(token, context));
    for (auto& object : found.objects) {
      // A name that is the folder itself is how consoles make folders.
      const bool here = object.path.size() - object.name.size() == folder().size() && object.path.starts_with(folder());
      if (here && !object.name.empty() && pattern_.matches(object.name)) objects.push_back(std::move(object));
    }
    if (objects.size() > most_objects || (!found.next.empty() && found.next == token)) {
      return fail(ErrorKind::protocol, fmt::format("listing {}: the listing does not come to an end", bucket_));
    }
    token = found.next;
  } while (!token.empty());
  return objects;
}

Result<ObjectInfo> GsSource::stat(const std::string& path, const Context& context) {
  const auto target = "/" + percent_encode(path, "");
  const auto work = "looking at " + path;
  const auto response = FO_TRY(ask(work, [&] { return request_of(target, context); }, context));
  auto info = FO_TRY(while_doing(work, parse_gs_object(response.body)));
  if (info.path != path) return fail(ErrorKind::protocol, work + ": the answer is of another object");
  return info;
}

Result<HttpRequest> GsSource::object_request(const ObjectInfo& object, const Context& context) {
  const auto target =
      fmt::format("/{}?alt=media&ifGenerationMatch={}", percent_encode(object.path, ""), object.version);
  auto request = FO_TRY(request_of(target, context));
  // The bytes as they are stored: unpacked on their way, ranges and checksums would be of something else.
  request.fields.push_back({"Accept-Encoding", "gzip"});
  return request;
}

Result<void> GsSource::check_object(const ObjectInfo& object, const HttpHead& head) const {
  const auto replaced = [&] { return fail(ErrorKind::conflict, object.name + " was replaced meanwhile"); };
  if (const auto generation = head.find("X-Goog-Generation")) {
    return *generation == object.version ? Result<void>{} : replaced();
  }
  // An emulator tells no generation, but the checksum of the whole.
  const auto crc = gs_field_crc32c(head.find("X-Goog-Hash").value_or(""));
  if (crc.empty()) return fail(ErrorKind::protocol, "the answer does not say of which object it is");
  for (const auto& digest : object.digests) {
    if (digest.algorithm == "crc32c" && digest.hex == crc) return {};
  }
  return replaced();
}

/// HOST, HOST:PORT or a URL, each with or without "/storage/v1": what other clients take as an emulator's address.
Result<Endpoint> endpoint_of(const SourceOptions& options) {
  if (!options.endpoint) return Endpoint{{"https", "storage.googleapis.com", 443}, ""};
  auto text = *options.endpoint;
  if (!text.contains("://")) {
    const auto probe = FO_TRY(while_doing("--endpoint", parse_url("http://" + text)));
    const auto origin = FO_TRY(while_doing("--endpoint", origin_of(probe)));
    text = (origin.is_loopback() ? "http://" : "https://") + text;
  }
  const auto url = FO_TRY(while_doing("--endpoint", parse_url(text)));
  if ((url.scheme != "https" && url.scheme != "http") || url.has_query || !url.user.empty()) {
    return fail(ErrorKind::usage, "--endpoint of gs:// is HOST[:PORT] or http(s)://HOST[:PORT]");
  }
  Endpoint endpoint{FO_TRY(origin_of(url)), url.path};
  while (endpoint.prefix.ends_with('/')) endpoint.prefix.pop_back();
  if (endpoint.prefix.ends_with(api)) endpoint.prefix.resize(endpoint.prefix.size() - api.size());
  return endpoint;
}

}  // namespace

Result<std::unique_ptr<Source>> make_gs_source(const Url& url, const SourceOptions& options) {
  if (url.host.empty() || url.port || !url.user.empty()) {
    return fail(ErrorKind::usage, "write gs://BUCKET/PATH; the host of an emulator goes to --endpoint");
  }
  const auto encoded = url.path + (url.has_query ? "?" + url.query : "");
  auto pattern = FO_TRY(parse_path_pattern(encoded));
  auto endpoint = FO_TRY(endpoint_of(options));
  auto identity = FO_TRY(GsIdentity::create(options, endpoint.origin));
  const auto transfer = FO_TRY(transfer_options(options));
  auto client = FO_TRY(HttpClient::create(transfer));
  auto location = "gs://" + url.host + encoded;
  if (options.endpoint) location += "?endpoint=" + endpoint.origin.text();
  return std::make_unique<GsSource>(std::move(client), std::move(identity), std::move(endpoint), std::move(pattern),
                                    std::move(location), url, options);
}

}  // namespace failover
