#include "net/tkey.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

constexpr std::uint16_t mode_gss_api = 3;
/// How long we ask for; the server decides, and the ticket's life is a bound as well.
constexpr std::chrono::seconds wanted_life{3600};

/// The data of a TKEY record (RFC 2930 section 2).
struct TkeyData {
  DnsName algorithm;
  std::uint16_t mode = 0;
  std::uint16_t error = 0;
  std::string token;
};

std::size_t number_at(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])) << 8U |
         static_cast<unsigned char>(bytes[at + 1]);
}

Result<TkeyData> read_data(std::string_view rdata) {
  const auto malformed = fail(ErrorKind::protocol, "malformed DNS message: its TKEY cannot be read");
  TkeyData data;
  // The parser has expanded and checked the name; records of another class it left as they are.
  std::size_t at = 0;
  while (at < rdata.size() && rdata[at] != '\0') at += 1U + static_cast<unsigned char>(rdata[at]);
  if (at >= rdata.size() || at >= 255) return malformed;
  data.algorithm = DnsName::from_wire(std::string(rdata.substr(0, at + 1)));
  rdata.remove_prefix(at + 1);
  constexpr std::size_t fixed = 14;  // two times, mode, error, length of the token
  if (rdata.size() < fixed + 2) return malformed;
  data.mode = static_cast<std::uint16_t>(number_at(rdata, 8));
  data.error = static_cast<std::uint16_t>(number_at(rdata, 10));
  const auto token = number_at(rdata, 12);
  if (rdata.size() < fixed + token + 2) return malformed;
  data.token = std::string(rdata.substr(fixed, token));
  if (rdata.size() != fixed + token + 2 + number_at(rdata, fixed + token)) return malformed;
  return data;
}

/// Why the server did not take the token: its reason is in the TKEY, or only in the RCODE.
Error declined(std::uint16_t reason) {
  const auto text = rcode_text(reason);
  switch (reason) {
    case dns_rcode::badkey:
    case dns_rcode::badsig:
      return {
          ErrorKind::permission,
          fmt::format("the server does not accept our Kerberos ticket ({}): is the service DNS/NAME in Kerberos the "
                      "one whose key it has? See server-name=",
                      text)};
    case dns_rcode::badtime:
      return {ErrorKind::permission, "the server refuses our time stamp (BADTIME); set the clocks right"};
    case dns_rcode::refused:
      return {ErrorKind::permission, "the server refuses to negotiate a security context (REFUSED)"};
    case dns_rcode::servfail:
      return {ErrorKind::unreachable, "the server failed to negotiate a security context (SERVFAIL); its log says why"};
    default:
      return {ErrorKind::protocol,
              fmt::format("the server does not negotiate security contexts ({}): it does not do GSS-TSIG", text)};
  }
}

}  // namespace

DnsName gss_tsig_algorithm() {
  return DnsName::from_wire(std::string("\x08gss-tsig\0", 10));
}

Result<DnsMessage> tkey_query(const DnsName& key_name, std::string_view token, WallTime now) {
  if (token.size() > 60'000) return fail(ErrorKind::internal, "a Kerberos token is too large for a DNS message");
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  std::string rdata = gss_tsig_algorithm().canonical_wire();
  append_u32(rdata, static_cast<std::uint32_t>(seconds.count()));
  append_u32(rdata, static_cast<std::uint32_t>((seconds + wanted_life).count()));
  append_u16(rdata, mode_gss_api);
  append_u16(rdata, 0);
  append_u16(rdata, static_cast<std::uint16_t>(token.size()));
  rdata += token;
  append_u16(rdata, 0);
  DnsMessage query;
  query.questions.push_back(DnsQuestion{key_name, dns_type::tkey, dns_class::any});
  query.additionals.push_back(DnsRecord{key_name, dns_type::tkey, dns_class::any, 0, std::move(rdata)});
  return query;
}

Result<std::string> tkey_token(const DnsMessage& answer, const DnsName& key_name) {
  const DnsRecord* found = nullptr;
  for (const auto& record : answer.answers) {
    if (record.type != dns_type::tkey) continue;
    if (found != nullptr) return fail(ErrorKind::protocol, "the server answers with more than one TKEY");
    found = &record;
  }
  if (answer.rcode != dns_rcode::noerror && found == nullptr) return std::unexpected(declined(answer.rcode));
  if (found == nullptr) return fail(ErrorKind::protocol, "the server answers a TKEY query without one");
  if (found->name != key_name || found->rr_class != dns_class::any) {
    return fail(ErrorKind::protocol, "the server answers with the TKEY of another key");
  }
  auto data = FO_TRY(read_data(found->rdata));
  if (data.error != 0) return std::unexpected(declined(data.error));
  if (answer.rcode != dns_rcode::noerror) return std::unexpected(declined(answer.rcode));
  if (data.mode != mode_gss_api || data.algorithm != gss_tsig_algorithm()) {
    return fail(ErrorKind::protocol, "the server answers with a TKEY of another mode or algorithm");
  }
  return std::move(data.token);
}

}  // namespace failover
