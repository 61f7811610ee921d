#pragma once

#include <filesystem>
#include <string_view>

#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/dns_name.hpp"

namespace failover {

enum class TsigAlgorithm { hmac_sha256, hmac_sha384, hmac_sha512 };

/// The algorithm's name as key files and TSIG records write it (RFC 8945 section 6).
std::string_view to_string(TsigAlgorithm algorithm) noexcept;

/// A secret shared with a name server.
struct TsigKey {
  DnsName name;
  TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256;
  Secret secret;  ///< the bytes, not their base64
};

/// Reads the one key of a file in BIND's form, as tsig-keygen(8) writes it and `nsupdate -k` reads it:
/// `key "NAME" { algorithm hmac-sha256; secret "BASE64"; };` with comments of all three styles. Errors are of kind
/// config and never quote the secret.
Result<TsigKey> read_tsig_key(const std::filesystem::path& path);

/// The same from text. @param text stays the caller's to wipe.
Result<TsigKey> parse_tsig_key(std::string_view text);

}  // namespace failover
