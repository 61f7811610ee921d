#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "probe/sip_message.hpp"

namespace failover {

enum class SipTransport { udp, tcp, tls };

/// "UDP", as it stands in a Via.
std::string_view to_string(SipTransport transport) noexcept;

/// One OPTIONS request and the marks by which its answer is known. OPTIONS only, never credentials: a PBX's block list
/// must not be fed.
struct SipOptions {
  SipTransport transport = SipTransport::udp;
  std::string branch;
  std::string call_id;
  std::uint32_t cseq = 0;
  std::string from_tag;
  std::string sent_by;
  std::string text;  ///< the request as it goes out; a retransmission is the same bytes
};

/// @param local  where the connected socket is bound: Via (over UDP with rport, RFC 3581), Contact
/// @param domain host of the request URI, without brackets
/// @param port   0 = none in the request URI
/// @return kind internal when the system gives no random numbers.
Result<SipOptions> make_sip_options(SipTransport transport, const Address& local, std::string_view domain,
                                    std::uint16_t port);

/// What a datagram from the peer means for our request.
enum class SipAnswer {
  foreign,      ///< not an answer to this request: keep waiting
  provisional,  ///< 1xx: somebody is there, but it is no answer yet (not up)
  up,
  down,  ///< a final answer that says the service does not serve
};

/// RFC 3261 section 17.1.3: branch and CSeq method; and Call-ID, CSeq number, From tag, one Via only. Up is a final
/// response below 500, but not 3xx (somewhere else), 408, 410, 430, 480 (not here, not now).
SipAnswer classify_sip_answer(const SipMessage& message, const SipOptions& request) noexcept;

}  // namespace failover
