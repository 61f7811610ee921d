#pragma once

#include <memory>
#include <string_view>

#include <failover/error.hpp>

#include "net/ssh_signer.hpp"

namespace failover {

/// Reads a private key file. Null: it holds no RSA key, and libssh2 may take it. OpenSSH's format and PEM are
/// understood; an encrypted RSA key only in PEM.
/// @param passphrase empty = none was given
Result<std::unique_ptr<SshSigner>> read_rsa_key(std::string_view text, std::string_view passphrase);

}  // namespace failover
