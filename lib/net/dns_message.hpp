#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "net/dns_name.hpp"

namespace failover {

/// Numbers of the IANA registry "Domain Name System (DNS) Parameters", as far as we speak of them.
namespace dns_type {
inline constexpr std::uint16_t a = 1;
inline constexpr std::uint16_t ns = 2;
inline constexpr std::uint16_t cname = 5;
inline constexpr std::uint16_t soa = 6;
inline constexpr std::uint16_t ptr = 12;
inline constexpr std::uint16_t mx = 15;
inline constexpr std::uint16_t txt = 16;
inline constexpr std::uint16_t aaaa = 28;
inline constexpr std::uint16_t srv = 33;
inline constexpr std::uint16_t naptr = 35;
inline constexpr std::uint16_t tkey = 249;
inline constexpr std::uint16_t tsig = 250;
inline constexpr std::uint16_t any = 255;
}  // namespace dns_type

namespace dns_class {
inline constexpr std::uint16_t in = 1;
inline constexpr std::uint16_t none = 254;
inline constexpr std::uint16_t any = 255;
}  // namespace dns_class

namespace dns_opcode {
inline constexpr std::uint8_t query = 0;
inline constexpr std::uint8_t update = 5;
}  // namespace dns_opcode

namespace dns_rcode {
inline constexpr std::uint16_t noerror = 0;
inline constexpr std::uint16_t formerr = 1;
inline constexpr std::uint16_t servfail = 2;
inline constexpr std::uint16_t nxdomain = 3;
inline constexpr std::uint16_t notimp = 4;
inline constexpr std::uint16_t refused = 5;
inline constexpr std::uint16_t yxdomain = 6;
inline constexpr std::uint16_t yxrrset = 7;
inline constexpr std::uint16_t nxrrset = 8;
inline constexpr std::uint16_t notauth = 9;
inline constexpr std::uint16_t notzone = 10;
/// Only in the error field of a TSIG (RFC 8945 section 3).
inline constexpr std::uint16_t badsig = 16;
inline constexpr std::uint16_t badkey = 17;
inline constexpr std::uint16_t badtime = 18;
inline constexpr std::uint16_t badmode = 19;  ///< this and the next two only in a TKEY (RFC 2930 section 2.6)
inline constexpr std::uint16_t badname = 20;
inline constexpr std::uint16_t badalg = 21;
inline constexpr std::uint16_t badtrunc = 22;
}  // namespace dns_rcode

/// "NXRRSET" and its kin; "RCODE 23" for a number without a name here.
std::string rcode_text(std::uint16_t rcode);

struct DnsQuestion {
  DnsName name;
  std::uint16_t type = 0;
  std::uint16_t rr_class = dns_class::in;

  bool operator==(const DnsQuestion&) const = default;
};

/// `rdata` is uncompressed wire form: names inside NS, CNAME, PTR, MX, SOA, TKEY and TSIG data are expanded by the
/// parser.
struct DnsRecord {
  DnsName name;
  std::uint16_t type = 0;
  std::uint16_t rr_class = dns_class::in;
  std::uint32_t ttl = 0;  ///< seconds
  std::string rdata;

  bool operator==(const DnsRecord&) const = default;
};

/// A message of RFC 1035 section 4; an UPDATE (RFC 2136 section 2) uses the same four sections under other names:
/// zone, prerequisites, updates, additional.
struct DnsMessage {
  std::uint16_t id = 0;
  bool response = false;
  std::uint8_t opcode = dns_opcode::query;
  bool authoritative = false;
  bool truncated = false;
  bool recursion_desired = false;
  bool recursion_available = false;
  std::uint16_t rcode = 0;
  std::vector<DnsQuestion> questions;
  std::vector<DnsRecord> answers;
  std::vector<DnsRecord> authorities;
  std::vector<DnsRecord> additionals;  ///< without the TSIG
  std::optional<DnsRecord> tsig;       ///< the last additional record, if it is one; parse only
  std::size_t tsig_offset = 0;         ///< where it begins in the wire, 0 = there is none

  bool operator==(const DnsMessage&) const = default;
};

/// The bytes of a message, at most 65,535 of them. Names are written without compression: our messages are small, and
/// nothing then depends on which servers expand which names. `tsig` is not written; sign_tsig() adds one.
Result<std::string> build_dns_message(const DnsMessage& message);

/// Reads a message; an error of kind protocol names the first thing that breaks RFC 1035, RFC 2136 or RFC 8945 section
/// 5.1 (a TSIG that is not last, or two). Names expand through at most 128 pointers, each to an earlier place, so no
/// input loops; bytes behind the last record are an error.
Result<DnsMessage> parse_dns_message(std::string_view wire);

/// Big-endian numbers at the end of a buffer.
void append_u16(std::string& out, std::uint16_t value);
void append_u32(std::string& out, std::uint32_t value);

}  // namespace failover
