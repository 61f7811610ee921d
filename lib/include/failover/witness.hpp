#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>
#include <failover/observer.hpp>

namespace failover {

/// Who speaks: a host that looks at the service from elsewhere, or the active one about itself.
enum class WitnessRole { observer, active };

/// "observer", "active".
FAILOVER_EXPORT std::string_view to_string(WitnessRole role) noexcept;

/// What a node found of one target.
struct TargetHealth {
  std::string target;                  ///< as that node writes it
  Result<Health> health = Health::up;  ///< an Error means unknown
};

/// What one node says of the service.
struct NodeObservation {
  std::string node;     ///< its name; letters, digits, '.', '_' and '-', at most 64
  std::string address;  ///< where it looks from; empty = not known
  WitnessRole role = WitnessRole::observer;
  Result<Health> health = Health::up;  ///< its verdict; "up" of the active is its "I serve"; an Error means unknown
  std::string reason;                  ///< of the verdict, a clause
  std::vector<TargetHealth> targets;
  WallTime when;  ///< by that node's own clock, for people: nothing is decided by it
  /// How old it is at most, by the store's count, never by another node's clock; none when the store cannot tell.
  /// When it is published: how old it is already; none = just made.
  std::optional<Duration> age = std::nullopt;
};

/// A store where nodes leave what they see and read what the others see. Used by one thread at a time.
class FAILOVER_EXPORT Witnesses {
 public:
  virtual ~Witnesses() = default;
  /// For messages: "etcd failover/pbx at 192.0.2.21:2379, 192.0.2.22:2379".
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Says it in place of what this node said before. It is forgotten `lifetime` later, whatever becomes of this host.
  virtual Result<void> publish(const NodeObservation& observation, std::chrono::seconds lifetime,
                               const Context& context) = 0;
  /// What is there now, sorted by node, each node once; none means that nobody has said anything lately. A store that
  /// cannot be read, or holds what cannot be understood, is an error, never "none" (property unknown-is-not-down).
  virtual Result<std::vector<NodeObservation>> read(const Context& context) = 0;
};

struct WitnessPolicy {
  std::size_t quorum = 2;                       ///< so many observers must say the same; at least 1
  Duration max_age = std::chrono::seconds(90);  ///< what is older, or of unknown age, says nothing
};

/// What the nodes say together. Down only if at least `quorum` observers freshly say down and the active host does not
/// say that it serves; up if at least `quorum` say up, or some do and the active serves, and the downs are no quorum;
/// else unknown. An active that serves for itself while observers say down, or whose word has no known age, makes it
/// unknown. What failed to be read is unknown. Pure.
FAILOVER_EXPORT Verdict judge_witnesses(const Result<std::vector<NodeObservation>>& observations,
                                        const WitnessPolicy& policy);

/// A verdict with the observers' as a binding second opinion: "down" stays only if they say down, too. Pure.
FAILOVER_EXPORT Verdict with_second_opinion(Verdict verdict, const Verdict& opinion);

/// Who else sees a target up, freshly and from another address than ours: the node's name. The active host's own word
/// does not count: it looks over loopback. Pure.
FAILOVER_EXPORT std::optional<std::string> who_sees_up(const Result<std::vector<NodeObservation>>& observations,
                                                       std::string_view target, std::string_view own_node,
                                                       std::string_view own_address, Duration max_age);

/// Publishes from a thread of its own: a store that is slow or gone delays nobody.
class FAILOVER_EXPORT WitnessPublisher {
 public:
  /// @param lifetime of each observation in the store
  /// @param events not owned; told once what fails, and again when that changes
  WitnessPublisher(std::unique_ptr<Witnesses> witnesses, std::chrono::seconds lifetime, Events* events);
  WitnessPublisher(const WitnessPublisher&) = delete;
  WitnessPublisher& operator=(const WitnessPublisher&) = delete;
  /// Stops at once.
  ~WitnessPublisher();

  /// Hands it over and returns; it takes the place of one that still waits. What cannot be published is tried again
  /// until it would be older than its lifetime.
  void publish(NodeObservation observation);
  /// Waits until nothing waits any more, or the context ends. @return how the last attempt went
  Result<void> flush(const Context& context);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// Reads again and again from a thread of its own, and tells what it read last.
class FAILOVER_EXPORT WitnessReader {
 public:
  /// @param every from the start of one read to the next
  /// @param events as for the publisher
  WitnessReader(std::unique_ptr<Witnesses> witnesses, Duration every, Events* events);
  WitnessReader(const WitnessReader&) = delete;
  WitnessReader& operator=(const WitnessReader&) = delete;
  /// Stops at once.
  ~WitnessReader();

  /// What was read last, without waiting, older by the time since; an error while nothing was read or when the last
  /// read failed.
  [[nodiscard]] Result<std::vector<NodeObservation>> latest() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace failover
