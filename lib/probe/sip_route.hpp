#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/observer.hpp>

#include "net/service_records.hpp"
#include "probe/sip_options.hpp"

namespace failover {

/// A service of a domain whose SRV records are asked for.
struct SipService {
  SipTransport transport = SipTransport::udp;
  std::string name;  ///< "_sip._udp.pbx.example"
  bool operator==(const SipService&) const = default;
};

/// One server to try.
struct SipHop {
  SipTransport transport = SipTransport::udp;
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const SipHop&) const = default;
};

/// Whether RFC 3263 applies: the host is a name and no port was written.
bool needs_sip_route(const Target& target);

/// The transport that the target itself settles (RFC 3263 section 4.1); none for `sip://HOST`.
std::optional<SipTransport> settled_transport(const Target& target);

/// Of the NAPTR records those whose transport we speak, by order and preference; for sips only SIPS+D2T.
std::vector<SipService> services_of(std::span<const NaptrRecord> records, bool sips);

/// What to ask for when there is no NAPTR: the settled transport, or UDP, then TCP.
std::vector<SipService> default_services(std::string_view domain, std::optional<SipTransport> settled);

/// RFC 2782: by priority; among equals by chance, the heavier the more often.
/// @param random gives a number from 0 to the given one, both included
std::vector<SrvRecord> in_order(std::vector<SrvRecord> records,
                                const std::function<std::uint32_t(std::uint32_t)>& random);

/// The target as it is asked at a server of the domain: by this transport, its URI without a port.
Target as_located(Target target, SipTransport transport);

/// The host itself, for a domain without SRV records (RFC 3263 section 4.2).
SipHop plain_hop(std::string_view host, std::optional<SipTransport> settled);

}  // namespace failover
