#include "probe/sip_options.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <sys/random.h>

#include <failover/error.hpp>

#include "core/system_error.hpp"
#include "net/address.hpp"
#include "probe/sip_message.hpp"

namespace failover {

namespace {

std::string bracketed(std::string_view host) {
  return host.contains(':') ? fmt::format("[{}]", host) : std::string(host);
}

/// An IPv6 zone is of this host alone and may not appear in a message.
std::string_view without_zone(std::string_view host) noexcept {
  return host.substr(0, host.find('%'));
}

}  // namespace

std::string_view to_string(SipTransport transport) noexcept {
  switch (transport) {
    case SipTransport::tcp:
      return "TCP";
    case SipTransport::tls:
      return "TLS";
    case SipTransport::udp:
      break;
  }
  return "UDP";
}

Result<SipOptions> make_sip_options(SipTransport transport, const Address& local, std::string_view domain,
                                    std::uint16_t port) {
  std::array<std::uint64_t, 4> random{};
  if (getrandom(random.data(), sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    return fail_errno("getting random numbers");
  }
  const auto local_host = bracketed(without_zone(local.host()));
  const auto peer_host = bracketed(without_zone(domain));
  SipOptions options;
  // The cookie of RFC 3261 section 8.1.1.7 says that the branch is unique.
  options.branch = fmt::format("z9hG4bK{:016x}", random[0]);
  options.call_id = fmt::format("{:016x}@{}", random[1], local_host);
  options.from_tag = fmt::format("{:016x}", random[2]);
  options.cseq = static_cast<std::uint32_t>(random[3] % 1'000'000'000) + 1;
  options.sent_by = fmt::format("{}:{}", local_host, local.port());
  options.transport = transport;
  const bool tls = transport == SipTransport::tls;
  const std::string_view scheme = tls ? "sips" : "sip";
  const auto* const parameter = transport == SipTransport::tcp ? ";transport=tcp" : "";
  const auto uri =
      port == 0 ? fmt::format("{}:{}", scheme, peer_host) : fmt::format("{}:{}:{}", scheme, peer_host, port);
  options.text = fmt::format(
      "OPTIONS {0}{1} SIP/2.0\r\n"
      "Via: SIP/2.0/{2} {3};branch={4}{5}\r\n"
      "Max-Forwards: 70\r\n"
      "From: <{6}:fo-probe@{7}>;tag={8}\r\n"
      "To: <{0}>\r\n"
      "Call-ID: {9}\r\n"
      "CSeq: {10} OPTIONS\r\n"
      "Contact: <{6}:fo-probe@{3}{1}>\r\n"
      "Accept: application/sdp\r\n"
      "User-Agent: fo-probe\r\n"
      "Content-Length: 0\r\n"
      "\r\n",
      uri, parameter, to_string(transport), options.sent_by, options.branch,
      transport == SipTransport::udp ? ";rport" : "", scheme, local_host, options.from_tag, options.call_id,
      options.cseq);
  return options;
}

SipAnswer classify_sip_answer(const SipMessage& message, const SipOptions& request) noexcept {
  const bool ours = message.status != 0 && message.vias.size() == 1 && message.vias.front().branch == request.branch &&
                    message.vias.front().transport == to_string(request.transport) &&
                    message.call_id == request.call_id && message.cseq == request.cseq &&
                    message.cseq_method == "OPTIONS" && message.from_tag == request.from_tag;
  if (!ours) return SipAnswer::foreign;
  const int status = message.status;
  if (status < 200) return SipAnswer::provisional;
  const bool elsewhere =
      (status >= 300 && status < 400) || status == 408 || status == 410 || status == 430 || status == 480;
  return status < 500 && !elsewhere ? SipAnswer::up : SipAnswer::down;
}

}  // namespace failover
