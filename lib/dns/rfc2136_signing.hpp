#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "dns/update_credential.hpp"
#include "net/dns_client.hpp"
#include "net/signed_exchange.hpp"

namespace failover {

/// The parameters of an rfc2136:// URL that say how its requests are signed and sent.
inline constexpr std::array<std::string_view, 7> signing_parameters{
    "key-file", "auth", "keytab", "principal", "server-name", "krb5-config", "transport"};
using SigningParameters = std::map<std::string, std::string, std::less<>>;

struct Rfc2136Signing {
  std::unique_ptr<UpdateCredential> credential;
  DnsTransport transport = DnsTransport::tcp;
};

/// Reads the key or the keytab. Errors of kind usage name parameters that are missing or do not go together.
/// @param host the server as the URL names it; @param clock for signatures
Result<Rfc2136Signing> make_signing(const SigningParameters& given, const std::string& host, const WallClock& clock);

}  // namespace failover
