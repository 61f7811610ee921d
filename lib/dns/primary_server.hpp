#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/tsig_key.hpp"

namespace failover {

/// A host by name or address, and a port.
struct HostPort {
  std::string host;
  std::uint16_t port = 53;

  bool operator==(const HostPort&) const = default;
  [[nodiscard]] std::string to_text() const;
};

/// The server that takes updates. Every request to it is signed, the reading ones too: what it says decides what the
/// next update demands, and a key that does not work shows before it is needed.
class PrimaryServer {
 public:
  PrimaryServer(HostPort place, TsigKey key, WallClock clock)
      : place_(std::move(place)), key_(std::move(key)), clock_(std::move(clock)) {}

  [[nodiscard]] std::string describe() const { return place_.to_text(); }
  [[nodiscard]] const TsigKey& key() const noexcept { return key_; }

  Result<DnsMessage> ask(const DnsQuestion& question, const Context& context) const;
  /// Sends once. Of a host with several addresses the next one is tried only as long as no connection was made, so
  /// that an update is never at work at two places.
  Result<DnsMessage> send(const DnsMessage& request, const Context& context) const;

 private:
  HostPort place_;
  TsigKey key_;
  WallClock clock_;
};

}  // namespace failover
