#include "net/tsig_hmac.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/dns_name.hpp"
#include "net/tsig_key.hpp"

namespace failover {

namespace {

const EVP_MD* digest_of(TsigAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case TsigAlgorithm::hmac_sha256:
      return ::EVP_sha256();
    case TsigAlgorithm::hmac_sha384:
      return ::EVP_sha384();
    case TsigAlgorithm::hmac_sha512:
      return ::EVP_sha512();
  }
  return ::EVP_sha256();
}

}  // namespace

TsigHmac::TsigHmac(TsigKey key) : key_(std::move(key)) {
  // A constant of ours: it is a name.
  if (auto name = DnsName::from_text(to_string(key_.algorithm))) algorithm_ = std::move(*name);
}

std::size_t TsigHmac::mac_size() const noexcept {
  return static_cast<std::size_t>(::EVP_MD_get_size(digest_of(key_.algorithm)));
}

Result<std::string> TsigHmac::mac(std::string_view bytes, const Context& /*context*/) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned length = 0;
  const auto secret = key_.secret.reveal();
  // OpenSSL wants unsigned char; the bytes are the same.
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (::HMAC(digest_of(key_.algorithm), secret.data(), static_cast<int>(secret.size()), data, bytes.size(), mac.data(),
             &length) == nullptr) {
    return fail(ErrorKind::internal, "OpenSSL could not compute an HMAC");
  }
  return std::string(mac.begin(), mac.begin() + length);
}

Result<bool> TsigHmac::is_mac(std::string_view bytes, std::string_view mac, const Context& context) {
  const auto expected = FO_TRY(this->mac(bytes, context));
  return expected.size() == mac.size() && ::CRYPTO_memcmp(expected.data(), mac.data(), expected.size()) == 0;
}

}  // namespace failover
