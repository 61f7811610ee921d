#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/tsig_key.hpp"

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
Result<SignedMessage> sign_tsig(std::string_view wire, const TsigKey& key, WallTime now);

/// Checks the answer to a signed request (RFC 8945 sections 5.2 and 5.3) and gives it parsed. Nothing in it, its RCODE
/// included, may be believed unless this succeeds. In the order of the checks:
/// - no TSIG: integrity. A MAC-less NOTAUTH with BADKEY or BADSIG, which nothing proves: permission, says so.
/// - another key or algorithm, a MAC of any length but the algorithm's full one, a wrong MAC: integrity.
/// - BADTIME, now proven to be the server's: permission, tells the server's clock and the difference.
/// - signed at a time further off than the fudge: integrity.
/// - any other TSIG error: permission.
/// @param request_mac of the request; @param now our clock
Result<DnsMessage> verify_tsig(std::string_view wire, const TsigKey& key, std::string_view request_mac, WallTime now);

}  // namespace failover
