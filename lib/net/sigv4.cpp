#include "net/sigv4.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "core/sha256.hpp"
#include "core/url.hpp"
#include "net/http_message.hpp"

namespace failover {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string sha256_hex(std::string_view text) {
  Sha256 digest;
  digest.add(std::as_bytes(std::span(text)));
  return digest.hex();
}

Result<Secret> hmac(const Secret& key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  const auto secret = key.reveal();
  const auto* const data = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), data, text.size(), out.data(), &size) ==
      nullptr) {
    return fail(ErrorKind::internal, "OpenSSL makes no HMAC");
  }
  return Secret(std::string(reinterpret_cast<const char*>(out.data()), size));
}

/// Sorted by encoded name, then by value; a name without a value gets an empty one.
std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    const auto equals = pair.find('=');
    pairs.emplace_back(pair.substr(0, equals),
                       equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
  }
  std::ranges::sort(pairs);
  std::string text;
  for (const auto& [name, value] : pairs) text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
  return text;
}

struct CanonicalRequest {
  std::string hash;
  std::string signed_names;
};

CanonicalRequest canonical_request(const HttpRequest& request, const std::map<std::string, std::string>& fields,
                                   const std::string& payload_hash, bool encode_twice) {
  const auto mark = request.target.find('?');
  const auto path = request.target.substr(0, mark);
  std::string names;
  std::string text = request.method + "\n" + (encode_twice ? percent_encode(path, "/") : path) + "\n";
  if (mark != std::string::npos) text += canonical_query(std::string_view(request.target).substr(mark + 1));
  text += "\n";
  for (const auto& [name, value] : fields) {
    text += fmt::format("{}:{}\n", name, value);
    names += (names.empty() ? "" : ";") + name;
  }
  text += "\n" + names + "\n" + payload_hash;
  const Secret wiped(std::move(text));  // it may hold the session token
  return {sha256_hex(wiped.reveal()), std::move(names)};
}

Result<std::string> signature(const Secret& secret_key, std::string_view day, const SigV4Scope& scope,
                              std::string_view text) {
  std::string first = "AWS4";
  first += secret_key.reveal();
  auto key = Secret(std::move(first));
  for (const auto step :
       {day, std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")}) {
    key = FO_TRY(hmac(key, step));
  }
  const auto digest = FO_TRY(hmac(key, text));
  std::string hex;
  for (const char c : digest.reveal()) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

}  // namespace

Result<void> sign_v4(HttpRequest& request, const AwsCredentials& credentials, const SigV4Scope& scope, WallTime now) {
  const auto date = compact_utc(now);
  const auto day = date.substr(0, 8);
  const bool is_s3 = scope.service == "s3";
  const auto payload_hash = sha256_hex(request.body ? request.body->reveal() : std::string_view{});
  std::map<std::string, std::string> fields{{"host", request.origin.authority()}, {"x-amz-date", date}};
  if (is_s3) fields.emplace("x-amz-content-sha256", payload_hash);
  if (credentials.session_token) fields.emplace("x-amz-security-token", credentials.session_token->reveal());
  const auto canonical = canonical_request(request, fields, payload_hash, !is_s3);
  const auto where = fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
  const auto text = fmt::format("{}\n{}\n{}\n{}", algorithm, date, where, canonical.hash);
  const auto proof = FO_TRY(signature(credentials.secret_key, day, scope, text));
  request.fields.push_back({"X-Amz-Date", date});
  if (is_s3) request.fields.push_back({"X-Amz-Content-Sha256", payload_hash});
  if (credentials.session_token) {
    request.secret_fields.emplace_back("X-Amz-Security-Token", Secret(fields.at("x-amz-security-token")));
  }
  request.secret_fields.emplace_back(
      "Authorization", Secret(fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm,
                                          credentials.access_key, where, canonical.signed_names, proof)));
  return {};
}

}  // namespace failover
