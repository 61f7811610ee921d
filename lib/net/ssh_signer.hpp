#pragma once

#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// Something that can prove a public key: an agent, or an RSA key of ours.
class SshSigner {
 public:
  virtual ~SshSigner() = default;
  /// The key blob whose type names the signature algorithm: "rsa-sha2-512" for an RSA key, which is how libssh2, that
  /// knows only SHA-1 for RSA, comes to announce and use it.
  [[nodiscard]] virtual const std::string& public_key() const noexcept = 0;
  /// The bare signature, without its algorithm.
  virtual Result<std::string> sign(std::string_view data) = 0;
};

/// The same RSA public key under the name of its SHA-512 signature; other keys stay as they are.
std::string with_sha512(std::string_view public_key);

}  // namespace failover
