#pragma once

#include <chrono>
#include <cstddef>
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
#include <failover/export.hpp>

namespace failover {

/// What a check found. There is no third value: a check that could not be made is an Error ("unknown").
enum class Health { up, down };

/// For thresholds and certificates; never decides a failover.
enum class Grade { ok, warning, critical };

FAILOVER_EXPORT std::string_view to_string(Health health) noexcept;
/// "up", "down", or "unknown" for an error.
FAILOVER_EXPORT std::string_view to_string(const Result<Health>& health) noexcept;

/// One thing to probe, as fo-probe(1) describes it: `sip://pbx.example:5060?transport=udp`.
struct Target {
  std::string text;    ///< as it was written; its identity in state files and output
  std::string scheme;  ///< sip, http, https, tcp, tls, tunnel, dns, icmp, exec
  std::string host;    ///< name, IPv4 or IPv6 address without brackets; empty for exec
  std::uint16_t port = 0;
  std::string
      path;  ///< http(s): with its query, without the parameters that are ours; dns: the name; exec: the program
  std::vector<std::pair<std::string, std::string>> parameters;  ///< decoded, in their order
  bool default_port = false;  ///< none was written: the port is the usual one of the scheme

  /// The value of a parameter, or nullptr.
  [[nodiscard]] FAILOVER_EXPORT const std::string* parameter(std::string_view name) const noexcept;
  /// True for kinds whose "up" a hung host still gives (tcp, tunnel, icmp): its kernel accepts and answers.
  [[nodiscard]] FAILOVER_EXPORT bool weak() const noexcept;
};

/// Reads a target; an error of kind usage says what is wrong with it.
FAILOVER_EXPORT Result<Target> parse_target(std::string_view text);

/// The result of one check of one target.
struct Observation {
  Target target;
  Result<Health> health = Health::down;  ///< an Error means unknown: we could not ask
  Duration rtt{};                        ///< from the first byte sent to the decision
  std::string detail;                    ///< a clause for a person: "200 OK", "connection refused"
  Grade grade = Grade::ok;
  WallTime when;
  bool silent = false;  ///< down because nothing came until the deadline, from none of its addresses
};

struct ProbeOptions {
  Duration timeout = std::chrono::seconds(5);  ///< of one check
  std::optional<Duration> warning;             ///< response time that grades an up as warning
  std::optional<Duration> critical;
  Duration cert_warning = std::chrono::days(14);  ///< remaining life of a certificate
  Duration cert_critical = std::chrono::days(3);
  std::string source_address;  ///< local address to ask from; empty = the system's choice
  /// Refuse to ask this host: a target that resolves to an address of its interfaces (loopback excepted) or to one of
  /// `own_addresses` gives an Error of kind refused. Whoever decides a failover sets it: after one, the service's name
  /// means himself.
  bool refuse_own = false;
  std::vector<std::string> own_addresses;  ///< further addresses of this node, numeric (behind a NAT, say)
};

/// Asks targets how they are. Synchronous; results come in the order of the targets, one each, by the sooner of
/// timeout and the context's deadline.
class FAILOVER_EXPORT Observer {
 public:
  virtual ~Observer() = default;
  virtual std::vector<Observation> observe(std::span<const Target> targets, const Context& context) = 0;
};

/// Whether the target is spoken to in SIP.
FAILOVER_EXPORT bool speaks_sip(const Target& target) noexcept;

/// A single look at several targets: when SIP alone is silent at a host whose other services answer, that is what being
/// on its block list looks like, and one look cannot tell; its down comes back as unknown (property
/// unknown-is-not-down). Targets are of one host when they have the same HOST as written, or when the `?name=` of one
/// is the HOST of the other. Pure.
FAILOVER_EXPORT std::vector<Observation> doubt_lone_silence(std::vector<Observation> observations);

/// How many targets must be down.
struct Policy {
  std::size_t down_needed = 0;  ///< 0 = all of them
  bool weak_counts = false;     ///< let an up of a weak target veto like any other
};

/// What the observations say together.
struct Verdict {
  Result<Health> health = Health::up;  ///< an Error means unknown
  std::string reason;                  ///< one clause: "3 of 3 down"
};

/// Down if enough targets are down; else unknown if the unknown ones could make it so; else up. Pure.
FAILOVER_EXPORT Verdict judge(std::span<const Observation> observations, const Policy& policy);

/// The verdict once we know whether we ourselves are cut off: a "down" whose references are not up is unknown
/// (property isolation). Pure.
FAILOVER_EXPORT Verdict with_references(Verdict verdict, std::span<const Observation> references, const Policy& policy);

}  // namespace failover
