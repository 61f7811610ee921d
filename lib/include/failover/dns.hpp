#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>

namespace failover {

/// The promotion's number as it stands in DNS: TXT "epoch=N node=NAME time=RFC3339" (DESIGN: property epoch).
struct EpochMark {
  std::uint64_t epoch = 0;
  std::string node;
  std::string time;

  bool operator==(const EpochMark&) const = default;
};

/// The TXT string of a mark, and back. A string that is not a mark is an error of kind protocol.
FAILOVER_EXPORT std::string to_txt(const EpochMark& mark);
FAILOVER_EXPORT Result<EpochMark> parse_epoch_mark(std::string_view txt);

/// What a name holds at one server: its addresses (text, sorted, IPv4 before IPv6) and the mark beside it.
struct ServiceRecord {
  std::vector<std::string> addresses;
  std::chrono::seconds ttl{};     ///< of the address set; 0 when there is none
  std::optional<EpochMark> mark;  ///< none = no TXT there
};

/// Two records say the same, whatever their TTLs.
FAILOVER_EXPORT bool same_content(const ServiceRecord& a, const ServiceRecord& b) noexcept;

/// Addresses as inet_ntop(3) writes them, sorted (IPv4 before IPv6), each once; kind usage names one that is none.
FAILOVER_EXPORT Result<std::vector<std::string>> canonical_addresses(const std::vector<std::string>& addresses);

/// How sure a replace() is that nobody else writes at the same time.
enum class Swap {
  atomic,  ///< whoever keeps the zone compares and writes in one step: of many at once exactly one wins
  checked  ///< compared before and read again after: a second writer in between is noticed, but not prevented
};

FAILOVER_EXPORT std::string_view to_string(Swap swap) noexcept;

/// One view of one name in one zone (for instance the internal DNS), changed as compare-and-swap.
class FAILOVER_EXPORT DnsUpdater {
 public:
  virtual ~DnsUpdater() = default;
  /// For plans and messages: "rfc2136 pbx.example at 192.0.2.53:53".
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Only atomic ones may decide between two hosts (an arbiter).
  [[nodiscard]] virtual Swap swap() const noexcept = 0;
  /// What the primary holds now. A server that cannot be asked is an error, never an empty record.
  virtual Result<ServiceRecord> current(const Context& context) = 0;
  /// Makes it `to` if it is still exactly `from` (addresses and mark), else an error of kind conflict and no change
  /// (with Swap::checked it says that something was changed when the other writer came in between).
  /// `to.ttl` 0 means the view's own. Refused: no address left, a mark taken away, an older epoch, the same epoch for
  /// another node (property epoch).
  /// When no usable answer comes it reads back and decides by that. An error of kind timeout, unreachable or cancelled
  /// leaves open whether it happened, or may still happen: read again.
  virtual Result<void> replace(const ServiceRecord& from, const ServiceRecord& to, const Context& context) = 0;
  /// Proves the right to write without changing anything (an update whose prerequisite cannot hold).
  virtual Result<void> prove_access(const Context& context) = 0;
};

/// What one authoritative server says.
struct ServerAnswer {
  std::string server;  ///< name and address
  Result<ServiceRecord> record;
};

/// Asks every authoritative server of a view.
class FAILOVER_EXPORT DnsVerifier {
 public:
  virtual ~DnsVerifier() = default;
  /// One answer per authoritative server; an error if the servers themselves cannot be found.
  virtual Result<std::vector<ServerAnswer>> ask_all(const Context& context) = 0;
  /// Asks until all agree on `wanted` or the deadline passes; then an error (kind timeout) that names the laggards.
  virtual Result<void> wait_until(const ServiceRecord& wanted, const Context& context) = 0;
};

/// One view: who changes it, who proves it.
struct DnsView {
  std::string name;               ///< the --dns URL as given
  std::vector<std::string> from;  ///< old addresses in this view; empty = the old node's
  std::vector<std::string> to;    ///< new addresses in this view; empty = the new node's
  std::optional<std::chrono::seconds> ttl;
  std::unique_ptr<DnsUpdater> updater;
  std::unique_ptr<DnsVerifier> verifier;
};

}  // namespace failover
