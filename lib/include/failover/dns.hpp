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

/// The promotion's number as it stands in DNS: TXT "epoch=N node=NAME time=RFC3339" (DESIGN: property epoch). An
/// arbiter may keep its record behind that, as " KEY=VALUE"; whoever knows only the mark carries it along unread.
struct EpochMark {
  std::uint64_t epoch = 0;
  std::string node;
  std::string time;
  std::string record = {};  ///< "KEY=VALUE KEY=VALUE", printable; empty = no arbiter's

  bool operator==(const EpochMark&) const = default;
};

/// The TXT string of a mark, and back. A string that is not a mark is an error of kind protocol.
FAILOVER_EXPORT std::string to_txt(const EpochMark& mark);
FAILOVER_EXPORT Result<EpochMark> parse_epoch_mark(std::string_view txt);

/// Where a service record points when it has no address of its own (RFC 2782; an alias has no numbers).
struct SrvNumbers {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;

  auto operator<=>(const SrvNumbers&) const = default;
};

struct ServiceTarget {
  std::string host;               ///< lower case, without the final dot
  std::optional<SrvNumbers> srv;  ///< none = the name is an alias (CNAME) for the host

  auto operator<=>(const ServiceTarget&) const = default;
};

/// What a name holds at one server, and the mark beside it. It has addresses (text, sorted, IPv4 before IPv6), or it
/// is an alias, or it has SRV records; never two of these.
struct ServiceRecord {
  std::vector<std::string> addresses;
  std::chrono::seconds ttl{};               ///< the longest of its records; 0 when there are none
  std::optional<EpochMark> mark;            ///< none = no TXT there
  std::vector<ServiceTarget> targets = {};  ///< sorted; one if it is an alias
  std::chrono::seconds negative_ttl = {};   ///< how long caches remember that something is absent here; 0 = not known
};

/// Two records say the same, whatever their TTLs.
FAILOVER_EXPORT bool same_content(const ServiceRecord& a, const ServiceRecord& b) noexcept;

/// Addresses as inet_ntop(3) writes them, sorted (IPv4 before IPv6), each once; kind usage names one that is none.
FAILOVER_EXPORT Result<std::vector<std::string>> canonical_addresses(const std::vector<std::string>& addresses);

/// What a service may be moved from and to: addresses as above, or host names (lower case, sorted, each once) for an
/// alias or SRV records; kind usage for a mixture of both.
FAILOVER_EXPORT Result<std::vector<std::string>> canonical_endpoints(const std::vector<std::string>& endpoints);

/// The addresses of a record, or the hosts that it points at.
FAILOVER_EXPORT std::vector<std::string> endpoints_of(const ServiceRecord& record);

/// The record is at exactly these endpoints. Of SRV records only those that name them are meant: others of the set
/// (another site's) stay what they are.
FAILOVER_EXPORT bool is_at(const ServiceRecord& record, const std::vector<std::string>& endpoints) noexcept;

/// The record with its addresses, its alias or the matching SRV records moved; mark and TTL stay. Refused, by name,
/// where that cannot be: an alias or SRV record is moved to one host name, and SRV records that name both hosts at once
/// are the callers' own failover.
FAILOVER_EXPORT Result<ServiceRecord> moved(const ServiceRecord& record, const std::vector<std::string>& from,
                                            const std::vector<std::string>& to);

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
  /// Whether the mark lives in another zone, so that it cannot be changed in the same update as the addresses: then
  /// replace() writes the mark first, and what a crash leaves between is the old address with the new mark.
  [[nodiscard]] virtual bool mark_is_apart() const noexcept { return false; }
  /// Proves the right to write without changing anything (an update whose prerequisite cannot hold).
  virtual Result<void> prove_access(const Context& context) = 0;
};

/// What one authoritative server says.
struct ServerAnswer {
  std::string server;  ///< name and address
  Result<ServiceRecord> record;
  bool has_service = true;  ///< false: it serves only the zone of the mark, which lives apart
  bool has_mark = true;     ///< false: it serves only the zone of the name
};

/// The server gives what is wanted, as far as it is its business.
FAILOVER_EXPORT bool agrees(const ServerAnswer& answer, const ServiceRecord& wanted);

/// Asks every authoritative server of a view.
class FAILOVER_EXPORT DnsVerifier {
 public:
  virtual ~DnsVerifier() = default;
  /// Finds the servers and remembers them for the next asking, which then needs no look-up; for plans.
  /// @return their names and addresses, as ServerAnswer has them; none where there is nothing to find
  virtual Result<std::vector<std::string>> find(const Context& context);
  /// Begins to connect to the servers that find() found, so that the next asking needs one round trip. Waits for
  /// nothing; what goes wrong shows when they are asked
  virtual void warm_up(const Context& context);
  /// One answer per authoritative server; an error if the servers themselves cannot be found.
  virtual Result<std::vector<ServerAnswer>> ask_all(const Context& context) = 0;
  /// Asks until all agree on `wanted` or the deadline passes; then an error (kind timeout) that names the laggards.
  virtual Result<void> wait_until(const ServiceRecord& wanted, const Context& context) = 0;
};

/// What resolvers (ADDRESS or ADDRESS:PORT) give for a service now, their TTLs being what is left in their caches. They
/// are asked over UDP with recursion; addresses only, since callers ask for nothing else. kind usage names a bad one.
FAILOVER_EXPORT Result<std::vector<ServerAnswer>> ask_resolvers(const std::vector<std::string>& resolvers,
                                                                const std::string& service, const Context& context);

/// Until when caches may hold what was there before a change: its TTL, and for a family that was absent the zone's
/// negative TTL (RFC 2308), counted from the time at which the last server followed. None = nothing was cached. Pure.
FAILOVER_EXPORT std::optional<WallTime> caches_expire(const ServiceRecord& before, const ServiceRecord& after,
                                                      WallTime followed);

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
