#include "dns/rfc2136_signing.hpp"

#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/secret.hpp"
#include "dns/update_credential.hpp"
#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/gss_context.hpp"
#include "net/signed_exchange.hpp"
#include "net/tsig_key.hpp"

namespace failover {

namespace {

std::string get(const SigningParameters& given, std::string_view name) {
  const auto found = given.find(name);
  return found == given.end() ? std::string() : found->second;
}

Result<void> refuse(const SigningParameters& given, std::initializer_list<std::string_view> names,
                    std::string_view because) {
  for (const auto name : names) {
    if (given.contains(name))
      return fail(ErrorKind::usage, fmt::format("{} does not go together with {}", name, because));
  }
  return {};
}

/// The environment of the worker is empty, so the admin's setting is handed on by name.
std::string krb5_config(const SigningParameters& given) {
  auto named = get(given, "krb5-config");
  if (!named.empty()) return named;
  const char* setting = std::getenv("KRB5_CONFIG");
  return setting == nullptr ? std::string() : std::string(setting);
}

Result<Rfc2136Signing> with_gss(const SigningParameters& given, const std::string& host, const WallClock& clock) {
  FO_TRY(refuse(given, {"key-file"}, "auth=gss"));
  if (get(given, "transport") == "udp") return fail(ErrorKind::usage, "auth=gss works over TCP only");
  const auto keytab = get(given, "keytab");
  if (keytab.empty()) return fail(ErrorKind::usage, "auth=gss lacks keytab=FILE");
  auto name = get(given, "server-name");
  if (name.empty() && Address::parse(host, 53)) {
    return fail(ErrorKind::usage, "with an address Kerberos also needs server-name=, the server's own full name");
  }
  if (name.empty()) name = host;
  GssAccount account{FO_TRY(read_credential_file(keytab)), get(given, "principal"), std::move(name),
                     krb5_config(given)};
  return Rfc2136Signing{make_gss_credential(std::move(account), clock), DnsTransport::tcp};
}

Result<Rfc2136Signing> with_key(const SigningParameters& given) {
  FO_TRY(refuse(given, {"keytab", "principal", "server-name", "krb5-config"}, "a key; did you mean auth=gss?"));
  const auto file = get(given, "key-file");
  if (file.empty()) return fail(ErrorKind::usage, "it lacks key-file=FILE, or auth=gss and keytab=FILE");
  const auto udp = get(given, "transport") == "udp";
  return Rfc2136Signing{make_key_credential(FO_TRY(read_tsig_key(file))), udp ? DnsTransport::udp : DnsTransport::tcp};
}

}  // namespace

Result<Rfc2136Signing> make_signing(const SigningParameters& given, const std::string& host, const WallClock& clock) {
  const auto auth = get(given, "auth");
  const auto transport = get(given, "transport");
  if (!auth.empty() && auth != "gss" && auth != "tsig") {
    return fail(ErrorKind::usage, fmt::format("auth={} is neither tsig nor gss", auth));
  }
  if (!transport.empty() && transport != "tcp" && transport != "udp") {
    return fail(ErrorKind::usage, fmt::format("transport={} is neither tcp nor udp", transport));
  }
  return auth == "gss" ? with_gss(given, host, clock) : with_key(given);
}

}  // namespace failover
