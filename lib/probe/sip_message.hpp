#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// One Via value (RFC 3261 section 20.42).
struct SipVia {
  std::string transport;  ///< upper case: "UDP"
  std::string sent_by;    ///< host[:port] as written
  std::string branch;     ///< empty if there is none
};

/// What of a SIP message a prober needs, strictly read.
struct SipMessage {
  int status = 0;           ///< 100 to 699 of a response, 0 of a request
  std::string reason;       ///< of a response, may be empty; only printable characters are kept
  std::string method;       ///< of a request
  std::string request_uri;  ///< of a request
  std::vector<SipVia> vias;
  std::string call_id;
  std::uint32_t cseq = 0;
  std::string cseq_method;
  std::string from_tag;
  std::string to_tag;
};

/// Limits of the parser: a peer can make us do no more work than these allow.
struct SipLimits {
  static constexpr std::size_t message = 65535;
  static constexpr std::size_t headers = 256;
  static constexpr std::size_t header_bytes = 16UL * 1024;
  static constexpr std::size_t values = 64;  ///< of one comma-separated header, and parameters of one value
};

/// Reads one datagram as a SIP message (RFC 3261 sections 7 and 25). Anything that is not well-formed in what we look
/// at, or that lacks a mandatory header, is an error of kind protocol that names the flaw.
Result<SipMessage> parse_sip_message(std::string_view datagram);

}  // namespace failover
