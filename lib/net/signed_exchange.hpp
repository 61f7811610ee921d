#pragma once

#include <optional>
#include <span>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/dns_stream.hpp"
#include "net/tsig.hpp"
#include "net/tsig_signer.hpp"

namespace failover {

enum class DnsTransport { tcp, udp };

/// Signs a query or an update, sends it, and gives the answer with what its signature proves (verify_tsig lists the
/// errors).
/// Over UDP a query is tried three times, an update is sent once: nobody could tell whether a second one was the first
/// (RFC 2136 section 3.4 has no such notion). A packet that proves nothing does not end the waiting, it only makes it
/// short (RFC 8945 section 5.3): somebody else may have sent it. A truncated answer to a query is asked for over TCP.
/// @param request its ID is chosen here.
Result<JudgedMessage> ask_signed(const Address& server, DnsMessage request, DnsTransport transport, TsigSigner& signer,
                                 const WallClock& clock, const Context& context);

/// The same once, on a connection that is made already.
Result<JudgedMessage> ask_signed_on(DnsStream& stream, const Address& server, DnsMessage request, TsigSigner& signer,
                                    const WallClock& clock, const Context& context);

/// Signs each question for itself and asks all of them on one TCP connection: with a key all at once (RFC 7766 section
/// 6.2.1.1); with a security context, whose signatures may be numbered, one after the other. The answers are in the
/// order of the questions.
/// @param stream the connection to use, if there is one; after a success it is the one that was used
Result<std::vector<JudgedMessage>> ask_signed_all(const Address& server, std::span<const DnsQuestion> questions,
                                                  TsigSigner& signer, const WallClock& clock,
                                                  std::optional<DnsStream>& stream, const Context& context);

}  // namespace failover
