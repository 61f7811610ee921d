#include "source/s3.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
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

#include "core/url.hpp"
#include "core/whole_number.hpp"
#include "net/aws_profile.hpp"
#include "net/base64.hpp"
#include "net/http_client.hpp"
#include "net/http_date.hpp"
#include "net/http_exchange.hpp"
#include "net/http_message.hpp"
#include "net/server_origin.hpp"
#include "net/sigv4.hpp"
#include "source/glob.hpp"
#include "source/http_source.hpp"
#include "source/location_settings.hpp"
#include "source/s3_xml.hpp"

namespace failover {

namespace {

constexpr std::size_t most_objects = 100'000;
constexpr std::array<std::string_view, 3> known_settings{"region", "profile", "style"};

/// How the bucket is reached.
struct Bucket {
  std::string name;
  ServerOrigin origin;
  std::string prefix;  ///< of every target: "/BUCKET" in path style, else nothing
  std::string region;
  std::optional<AwsCredentials> credentials;
};

std::string_view unquoted(std::string_view etag) {
  return etag.size() >= 2 && etag.front() == '"' && etag.back() == '"' ? etag.substr(1, etag.size() - 2) : etag;
}

std::string hex_of(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

/// An ETag is the MD5 only of an object that came in one part and that no KMS key encrypts. A listing does not tell the
/// latter, so digests come from HEAD alone.
std::vector<StoreDigest> digests_of(const HttpHead& head, std::string_view etag) {
  std::vector<StoreDigest> digests;
  if (const auto sha = head.find("x-amz-checksum-sha256"); sha && !sha->contains('-')) {
    const auto bytes = base64_decode(*sha);
    if (bytes && bytes->size() == 32) digests.push_back({"sha256", hex_of(*bytes)});
  }
  const auto encryption = head.find("x-amz-server-side-encryption").value_or("");
  const bool plain =
      (encryption.empty() || encryption == "AES256") && !head.find("x-amz-server-side-encryption-customer-algorithm");
  const bool hex = etag.size() == 32 && etag.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  // Only Amazon promises that; a compatible store may do as it likes.
  if (plain && hex && head.find("Server") == "AmazonS3") digests.push_back({"md5", std::string(etag)});
  return digests;
}

class S3Source : public HttpSource {
 public:
  S3Source(std::unique_ptr<HttpClient> client, Bucket bucket, PathPattern pattern, std::string location, Url url,
           SourceOptions options)
      : HttpSource(std::move(client), false),
        bucket_(std::move(bucket)),
        pattern_(std::move(pattern)),
        location_(std::move(location)),
        url_(std::move(url)),
        options_(std::move(options)) {}

  [[nodiscard]] std::string describe() const override { return location_; }
  Result<std::vector<ObjectInfo>> list(const Context& context) override;
  Result<ObjectInfo> stat(const std::string& path, const Context& context) override;
  [[nodiscard]] Result<std::unique_ptr<Source>> another() const override { return make_s3_source(url_, options_); }

 protected:
  Result<HttpRequest> object_request(const ObjectInfo& object, const Context& context) override;
  [[nodiscard]] Result<void> check_object(const ObjectInfo& object, const HttpHead& head) const override;
  [[nodiscard]] std::string error_detail(const HttpHead& head, std::string_view body) const override;

 private:
  [[nodiscard]] HttpRequest request_of(std::string_view method, const std::string& target) const;
  Result<void> sign(HttpRequest& request) const;
  Result<S3Page> page(const std::string& token, const Context& context);
  [[nodiscard]] std::string folder() const { return pattern_.folder.substr(1); }

  Bucket bucket_;
  PathPattern pattern_;
  std::string location_;
  Url url_;
  SourceOptions options_;
};

HttpRequest S3Source::request_of(std::string_view method, const std::string& target) const {
  HttpRequest request;
  request.method = method;
  request.origin = bucket_.origin;
  request.target = bucket_.prefix + target;
  return request;
}

Result<void> S3Source::sign(HttpRequest& request) const {
  if (!bucket_.credentials) return {};
  return sign_v4(request, *bucket_.credentials, {bucket_.region, "s3"}, std::chrono::system_clock::now());
}

std::string S3Source::error_detail(const HttpHead& head, std::string_view body) const {
  auto said = s3_error_text(body);
  const auto region = head.find("x-amz-bucket-region");
  if (region && *region != bucket_.region) said += fmt::format("{}add ?region={}", said.empty() ? "" : "; ", *region);
  if (!bucket_.credentials && (head.status == 401 || head.status == 403)) {
    said += fmt::format("{}asked without credentials, see --credentials-file", said.empty() ? "" : "; ");
  }
  return said;
}

Result<S3Page> S3Source::page(const std::string& token, const Context& context) {
  auto target = fmt::format("/?delimiter=%2F&list-type=2&max-keys=1000&prefix={}", percent_encode(folder(), ""));
  if (!token.empty()) target += "&continuation-token=" + percent_encode(token, "");
  const auto make = [&]() -> Result<HttpRequest> {
    auto request = request_of("GET", target);
    FO_TRY(sign(request));
    return request;
  };
  const auto response = FO_TRY(ask("listing " + bucket_.name, make, context));
  return while_doing("listing " + bucket_.name, parse_s3_page(response.body));
}

Result<std::vector<ObjectInfo>> S3Source::list(const Context& context) {
  if (!pattern_.is_listing()) return std::vector{FO_TRY(stat(pattern_.path().substr(1), context))};
  std::vector<ObjectInfo> objects;
  std::string token;
  do {
    const auto found = FO_TRY(page(token, context));
    for (const auto& entry : found.entries) {
      if (!entry.key.starts_with(folder())) continue;
      auto name = entry.key.substr(folder().size());
      // A key that is the folder itself is how consoles make folders.
      if (name.empty() || name.contains('/') || !pattern_.matches(name)) continue;
      objects.push_back({std::move(name), entry.key, entry.size, entry.modified, entry.etag});
    }
    if (objects.size() > most_objects || (!found.next.empty() && found.next == token)) {
      return fail(ErrorKind::protocol, fmt::format("listing {}: the listing does not come to an end", bucket_.name));
    }
    token = found.next;
  } while (!token.empty());
  return objects;
}

Result<ObjectInfo> S3Source::stat(const std::string& path, const Context& context) {
  auto request = request_of("HEAD", "/" + percent_encode(path, "/"));
  request.fields.push_back({"x-amz-checksum-mode", "ENABLED"});
  FO_TRY(sign(request));
  const auto exchange = FO_TRY(client().begin(std::move(request), context));
  const auto head = *FO_TRY(exchange->head(context));
  if (head.status != 200) return std::unexpected(status_error(*exchange, "looking at " + path, context));
  FO_TRY(exchange->read_body(0, context));
  const auto size = whole_number<std::uint64_t>(head.find("Content-Length").value_or(""));
  const auto modified = parse_http_date(std::string(head.find("Last-Modified").value_or("")));
  const auto etag = unquoted(head.find("ETag").value_or(""));
  if (!size || !modified || etag.empty()) {
    return fail(ErrorKind::protocol, fmt::format("{} does not tell size, time and ETag of {}; is it an S3 store?",
                                                 bucket_.origin.text(), path));
  }
  return ObjectInfo{
      path.substr(path.rfind('/') + 1), path, *size, *modified, std::string(etag), digests_of(head, etag)};
}

Result<HttpRequest> S3Source::object_request(const ObjectInfo& object, const Context& /*context*/) {
  auto request = request_of("GET", "/" + percent_encode(object.path, "/"));
  request.fields.push_back({"If-Match", '"' + object.version + '"'});
  FO_TRY(sign(request));
  return request;
}

Result<void> S3Source::check_object(const ObjectInfo& object, const HttpHead& head) const {
  // Not every compatible store heeds If-Match.
  if (unquoted(head.find("ETag").value_or("")) == object.version) return {};
  if (head.content_type() == "text/html" && !head.find("ETag")) {
    return fail(ErrorKind::protocol, "a web page comes and not the object; is it an S3 store?");
  }
  return fail(ErrorKind::conflict, object.name + " was replaced or written to meanwhile");
}

/// Names with dots do not fit the certificate of *.s3.REGION.amazonaws.com.
Result<Bucket> bucket_of(const Url& url, const LocationSettings& location, const SourceOptions& options) {
  const auto setting = [&](std::string_view key) {
    const auto found = location.values.find(key);
    return found == location.values.end() ? std::string() : found->second;
  };
  const auto profile_name = setting("profile");
  auto profile = FO_TRY(find_aws_profile(options.credentials_file, profile_name.empty() ? "default" : profile_name));
  Bucket bucket;
  bucket.name = url.host;
  bucket.credentials = std::move(profile.credentials);
  bucket.region = !setting("region").empty() ? setting("region") : profile.region;
  if (bucket.region.empty()) bucket.region = "us-east-1";
  const bool word = std::ranges::all_of(
      bucket.region, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!word) return fail(ErrorKind::usage, fmt::format("'{}' is no region", bucket.region));
  const auto style = setting("style");
  if (!style.empty() && style != "path" && style != "virtual") {
    return fail(ErrorKind::usage, "style is path or virtual");
  }
  const auto text = options.endpoint.value_or(fmt::format("https://s3.{}.amazonaws.com", bucket.region));
  const auto endpoint = FO_TRY(while_doing("--endpoint", parse_url(text.contains("://") ? text : "https://" + text)));
  if ((endpoint.scheme != "https" && endpoint.scheme != "http") || endpoint.has_query || !endpoint.user.empty() ||
      (!endpoint.path.empty() && endpoint.path != "/")) {
    return fail(ErrorKind::usage, "--endpoint of s3:// is http(s)://HOST[:PORT]");
  }
  bucket.origin = FO_TRY(origin_of(endpoint));
  if (bucket.credentials && bucket.credentials->session_token && bucket.origin.scheme == "http" &&
      !bucket.origin.is_loopback()) {
    return fail(ErrorKind::usage, "a session token is not sent over plain http; use an https endpoint");
  }
  const bool in_path = style.empty() ? options.endpoint.has_value() || bucket.name.contains('.') : style == "path";
  if (in_path) {
    bucket.prefix = "/" + bucket.name;
  } else {
    bucket.origin.host = bucket.name + "." + bucket.origin.host;
  }
  return bucket;
}

}  // namespace

Result<std::unique_ptr<Source>> make_s3_source(const Url& url, const SourceOptions& options) {
  if (url.host.empty() || url.port || !url.user.empty()) {
    return fail(ErrorKind::usage, "write s3://BUCKET/PATH; the host of a compatible store goes to --endpoint");
  }
  const auto location = FO_TRY(split_location(url, known_settings));
  auto pattern = FO_TRY(parse_path_pattern(location.encoded_path));
  auto bucket = FO_TRY(bucket_of(url, location, options));
  const auto transfer = FO_TRY(transfer_options(options));
  auto client = FO_TRY(HttpClient::create(transfer));
  auto name = "s3://" + bucket.name + location.encoded_path;
  if (options.endpoint) name += "?endpoint=" + bucket.origin.text();
  return std::make_unique<S3Source>(std::move(client), std::move(bucket), std::move(pattern), std::move(name), url,
                                    options);
}

}  // namespace failover
