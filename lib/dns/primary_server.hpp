#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "dns/update_credential.hpp"
#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/dns_stream.hpp"
#include "net/signed_exchange.hpp"
#include "net/tsig.hpp"
#include "net/tsig_signer.hpp"

namespace failover {

/// A host by name or address, and a port.
struct HostPort {
  std::string host;
  std::uint16_t port = 53;

  bool operator==(const HostPort&) const = default;
  [[nodiscard]] std::string to_text() const;
};

/// The server that takes updates. Every request to it is signed, the reading ones too: what it says decides what the
/// next update demands, and a key that does not work shows before it is needed. Used by one thread at a time.
class PrimaryServer {
 public:
  PrimaryServer(HostPort place, DnsTransport transport, std::unique_ptr<UpdateCredential> credential, WallClock clock)
      : place_(std::move(place)), transport_(transport), credential_(std::move(credential)), clock_(std::move(clock)) {}

  [[nodiscard]] std::string describe() const { return place_.to_text(); }
  [[nodiscard]] const UpdateCredential& credential() const noexcept { return *credential_; }

  /// Where it listens.
  [[nodiscard]] Result<std::vector<Address>> find(const Context& context) const;
  /// With a security context an answer whose signature cannot be checked is asked for again without one, and a warning
  /// says so: Active Directory is known to sign some answers wrongly. With a key it is an error.
  Result<DnsMessage> ask(const DnsQuestion& question, const Context& context) const;
  /// Agrees with the server upon what signs, where that has to be done first: an error here is none of an update's.
  Result<void> prepare(const Context& context) const;
  /// One answer each, in the order of the questions. Over TCP they share a connection, which the next call goes on
  /// with.
  Result<std::vector<DnsMessage>> ask_all(std::span<const DnsQuestion> questions, const Context& context) const;
  /// Sends once. Of a host with several addresses the next one is tried only as long as no connection was made, so
  /// that an update is never at work at two places.
  Result<JudgedMessage> send(const DnsMessage& request, const Context& context) const;

 private:
  /// The connection that was asked on last.
  struct Kept {
    std::string server;
    std::optional<DnsStream> stream;
    Deadline::Clock::time_point used;
  };
  using Answers = Result<std::vector<JudgedMessage>>;

  Result<JudgedMessage> send_once(const std::vector<Address>& addresses, const DnsMessage& request,
                                  const Context& context) const;
  Answers ask_signing(const std::vector<Address>& addresses, std::span<const DnsQuestion> questions,
                      const Context& context) const;
  Answers ask_at(const Address& address, std::span<const DnsQuestion> questions, TsigSigner& signer,
                 const Context& context) const;
  Result<DnsMessage> ask_plainly(const std::vector<Address>& addresses, const DnsQuestion& question,
                                 std::string_view why, const Context& context) const;

  HostPort place_;
  DnsTransport transport_;
  std::unique_ptr<UpdateCredential> credential_;
  WallClock clock_;
  mutable Kept kept_;
  mutable bool warned_ = false;  ///< once is enough
};

}  // namespace failover
