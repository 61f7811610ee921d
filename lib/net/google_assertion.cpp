#include "net/google_assertion.hpp"

#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/base64.hpp"
#include "net/google_credentials.hpp"

namespace failover {

namespace {

/// RFC 7515 section 2.
std::string base64url(std::string_view bytes) {
  auto text = base64_encode(bytes);
  text.erase(text.find_last_not_of('=') + 1);
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// An encrypted key would have OpenSSL ask on the terminal.
int no_passphrase(char*, int, int, void*) noexcept {
  return -1;
}

Result<Key> read_key(const Secret& pem) {
  const auto text = pem.reveal();
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                      &BIO_free);
  Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr) : nullptr, &EVP_PKEY_free);
  if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) {
    return fail(ErrorKind::config, "the private_key of the service account is no RSA key in PEM");
  }
  return key;
}

Result<std::string> sign(const Secret& pem, std::string_view text) {
  const auto key = FO_TRY(read_key(pem));
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const auto* const data = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  std::string signature;
  const bool sized = context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                     EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) == 1;
  if (sized) signature.resize(size);
  auto* const out = reinterpret_cast<unsigned char*>(signature.data());
  if (!sized || EVP_DigestSign(context.get(), out, &size, data, text.size()) != 1) {
    return fail(ErrorKind::internal, "OpenSSL does not sign with the service account's key");
  }
  signature.resize(size);
  return signature;
}

}  // namespace

Result<Secret> google_assertion(const GoogleServiceAccount& account, std::string_view audience, std::string_view scope,
                                WallTime now) {
  const auto issued = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const nlohmann::json header{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", account.private_key_id}};
  const nlohmann::json claims{
      {"iss", account.client_email}, {"scope", scope}, {"aud", audience}, {"iat", issued}, {"exp", issued + 3600}};
  constexpr auto replace = nlohmann::json::error_handler_t::replace;
  auto text = base64url(header.dump(-1, ' ', false, replace)) + "." + base64url(claims.dump(-1, ' ', false, replace));
  const auto signature = FO_TRY(sign(account.private_key, text));
  return Secret(std::move(text) + "." + base64url(signature));
}

}  // namespace failover
