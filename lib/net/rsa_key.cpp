#include "net/rsa_key.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/base64.hpp"
#include "net/known_hosts.hpp"
#include "net/ssh_signer.hpp"
#include "net/ssh_wire.hpp"

namespace failover {

namespace {

template <auto free_it>
struct Free {
  template <typename T>
  void operator()(T* thing) const noexcept {
    free_it(thing);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;

constexpr std::string_view openssh_begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view openssh_end = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view openssh_magic{"openssh-key-v1\0", 15};
constexpr std::string_view rsa_type = "ssh-rsa";

std::unexpected<Error> malformed() {
  return fail(ErrorKind::config, "it is not a private key that can be read here; make one with: ssh-keygen -t ed25519");
}

class RsaSigner : public SshSigner {
 public:
  RsaSigner(Key key, std::string public_key) noexcept : key_(std::move(key)), public_key_(std::move(public_key)) {}

  [[nodiscard]] const std::string& public_key() const noexcept override { return public_key_; }

  Result<std::string> sign(std::string_view data) override {
    const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
    const DigestContext context(::EVP_MD_CTX_new());
    std::size_t size = 0;
    if (!context || ::EVP_DigestSignInit(context.get(), nullptr, ::EVP_sha512(), nullptr, key_.get()) != 1 ||
        ::EVP_DigestSign(context.get(), nullptr, &size, bytes, data.size()) != 1) {
      return fail(ErrorKind::internal, "the RSA key cannot sign");
    }
    std::string signature(size, '\0');
    auto* out = reinterpret_cast<unsigned char*>(signature.data());
    if (::EVP_DigestSign(context.get(), out, &size, bytes, data.size()) != 1) {
      return fail(ErrorKind::internal, "the RSA key cannot sign");
    }
    signature.resize(size);
    return signature;
  }

 private:
  Key key_;
  std::string public_key_;
};

Number number(std::string_view bytes) {
  return Number(
      ::BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

/// A positive mpint of RFC 4251.
std::string mpint(const BIGNUM* value) {
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)) + 1, '\0');
  ::BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()) + 1);
  if ((static_cast<unsigned char>(bytes[1]) & 0x80U) == 0) bytes.erase(0, 1);
  return bytes;
}

Key build_key(std::string_view n, std::string_view e, std::string_view d) {
  const Number modulus = number(n);
  const Number exponent = number(e);
  const Number secret = number(d);
  const ParamBuilder builder(::OSSL_PARAM_BLD_new());
  if (!modulus || !exponent || !secret || !builder ||
      ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1 ||
      ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_D, secret.get()) != 1) {
    return nullptr;
  }
  const Params params(::OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(::EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || ::EVP_PKEY_fromdata_init(context.get()) != 1 ||
      ::EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()) != 1) {
    return nullptr;
  }
  return Key(key);
}

/// The decoded body between the lines of OpenSSH's own format (PROTOCOL.key of OpenSSH).
std::optional<Secret> openssh_body(std::string_view text) {
  const auto begin = text.find(openssh_begin) + openssh_begin.size();
  const auto end = text.find(openssh_end, begin);
  if (end == std::string_view::npos) return std::nullopt;
  std::string packed;
  packed.reserve(end - begin);
  std::ranges::copy_if(text.substr(begin, end - begin), std::back_inserter(packed),
                       [](char c) { return c != '\n' && c != '\r'; });
  const Secret wiped(std::move(packed));
  auto body = base64_decode(wiped.reveal());
  if (!body || !body->starts_with(openssh_magic)) return std::nullopt;
  return Secret(std::move(*body));
}

Result<std::unique_ptr<SshSigner>> read_openssh(std::string_view text) {
  const auto body = openssh_body(text);
  if (!body) return malformed();
  SshReader reader(body->reveal().substr(openssh_magic.size()));
  const auto cipher = reader.string();
  reader.string();  // the key derivation and its options
  reader.string();
  const auto count = reader.uint32();
  const auto public_key = reader.string();
  const auto private_part = reader.string();
  if (!cipher || count != 1U || !public_key || !private_part) return malformed();
  if (key_type(*public_key) != rsa_type) return nullptr;
  if (*cipher != "none") {
    return fail(
        ErrorKind::config,
        "it is an encrypted RSA key, which cannot be opened here; load it into ssh-agent, or use an ed25519 key");
  }
  SshReader parts(*private_part);
  const auto check = parts.uint32();
  const bool checks = check && check == parts.uint32();
  const auto type = parts.string();
  const auto n = parts.string();
  const auto e = parts.string();
  const auto d = parts.string();
  if (!checks || type != rsa_type || !n || !e || !d) return malformed();
  auto key = build_key(*n, *e, *d);
  if (!key) return malformed();
  return std::make_unique<RsaSigner>(std::move(key), with_sha512(*public_key));
}

int give_passphrase(char* buffer, int size, int /*for_writing*/, void* user) noexcept {
  const auto& passphrase = *static_cast<const std::string_view*>(user);
  const auto length = std::min(passphrase.size(), static_cast<std::size_t>(size));
  std::memcpy(buffer, passphrase.data(), length);
  return static_cast<int>(length);
}

Result<std::unique_ptr<SshSigner>> read_pem(std::string_view text, std::string_view passphrase) {
  const Bio bio(::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!bio) return fail(ErrorKind::internal, "out of memory");
  Key key(::PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &passphrase));
  // What OpenSSL cannot read here libssh2 refuses too, with its own words.
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return nullptr;
  BIGNUM* n = nullptr;
  BIGNUM* e = nullptr;
  ::EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_N, &n);
  ::EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &e);
  const Number modulus(n);
  const Number exponent(e);
  if (!modulus || !exponent) return malformed();
  std::string public_key;
  put_string(public_key, rsa_type);
  put_string(public_key, mpint(exponent.get()));
  put_string(public_key, mpint(modulus.get()));
  return std::make_unique<RsaSigner>(std::move(key), with_sha512(public_key));
}

}  // namespace

std::string with_sha512(std::string_view public_key) {
  if (key_type(public_key) != rsa_type) return std::string(public_key);
  std::string renamed;
  put_string(renamed, "rsa-sha2-512");
  renamed.append(public_key.substr(4 + rsa_type.size()));
  return renamed;
}

Result<std::unique_ptr<SshSigner>> read_rsa_key(std::string_view text, std::string_view passphrase) {
  if (text.contains(openssh_begin)) return read_openssh(text);
  return read_pem(text, passphrase);
}

}  // namespace failover
