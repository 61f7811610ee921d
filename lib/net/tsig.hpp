#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/tsig_signer.hpp"

namespace failover {

/// A message with its TSIG, and that TSIG's MAC, which its answer's MAC covers too.
struct SignedMessage {
  std::string wire;
  std::string mac;
};

/// The seconds that two clocks may differ (RFC 8945 section 10 recommends 300).
inline constexpr std::chrono::seconds tsig_fudge{300};

/// Appends a TSIG to a request (RFC 8945 sections 4.2 and 5.1).
/// @param wire a complete message without one, with the ID that it will be sent with.
Result<SignedMessage> sign_tsig(std::string_view wire, TsigSigner& signer, WallTime now, const Context& context);

/// What the MAC of an answer proves. Anything but the first two comes from security contexts only: servers of Active
/// Directory are known to sign some answers wrongly, so a caller may then find out in another way what was done.
enum class TsigProof {
  rfc8945,         ///< the server's answer to this request
  without_length,  ///< the same, but of the request's MAC without its length, as Samba before 4.21 does it (bug 13019)
  echoed,          ///< nothing: it is our own MAC come back, as in Samba's refusals and some of Windows' answers
  wrong            ///< nothing: nobody who knows the context made it, or made it so
};

/// For a person: what is wrong with such an answer.
std::string_view to_string(TsigProof proof) noexcept;

struct JudgedMessage {
  DnsMessage message;
  TsigProof proof = TsigProof::rfc8945;

  [[nodiscard]] bool proven() const noexcept {
    return proof == TsigProof::rfc8945 || proof == TsigProof::without_length;
  }
};

/// Checks the answer to a signed request (RFC 8945 sections 5.2 and 5.3) and gives it parsed. Nothing in it, its RCODE
/// included, may be believed unless this succeeds and says `proven`. In the order of the checks:
/// - no TSIG: integrity. A MAC-less NOTAUTH with BADKEY or BADSIG, which nothing proves: permission, says so.
/// - another key or algorithm, other data where there must be none: integrity.
/// - our own MAC come back, a MAC of any length but the algorithm's full one, a wrong MAC: integrity, each in words of
///   its own; for a security context no error but a TsigProof.
/// - BADTIME, now proven to be the server's: permission, tells the server's clock and the difference.
/// - signed at a time further off than the fudge: integrity.
/// - any other TSIG error: permission.
/// @param request_mac of the request; empty for an answer to an unsigned one (TKEY). @param now our clock
Result<JudgedMessage> verify_tsig(std::string_view wire, TsigSigner& signer, std::string_view request_mac, WallTime now,
                                  const Context& context);

}  // namespace failover
