#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>
#include <failover/observer.hpp>

namespace failover {

/// Remembers which targets were ever seen up (property isolation: one that never was cannot become down, so that a
/// typing error does not fence production).
class FAILOVER_EXPORT SeenUp {
 public:
  virtual ~SeenUp() = default;
  [[nodiscard]] virtual bool contains(std::string_view target) const = 0;
  /// Durable when it returns.
  virtual Result<void> add(std::span<const std::string> targets) = 0;
};

/// The memory in the state directory, which is made if it is absent.
FAILOVER_EXPORT Result<std::unique_ptr<SeenUp>> open_seen_up(const std::filesystem::path& state_dir);

/// What a watch holds a target for, after rise and fall.
enum class TargetState { unknown, up, down };

FAILOVER_EXPORT std::string_view to_string(TargetState state) noexcept;

/// What observers at other addresses see of our targets.
class FAILOVER_EXPORT OtherObservers {
 public:
  virtual ~OtherObservers() = default;
  /// The name of an observer that sees the target up now. It answers from what it knows and never waits; an observation
  /// that is old, missing or unreadable is none.
  [[nodiscard]] virtual std::optional<std::string> who_sees_up(const Target& target) = 0;
  /// What all observers together say of the service, from what is known: a "down" of ours stays only if it is theirs,
  /// too. None: their say is not asked for.
  [[nodiscard]] virtual std::optional<Verdict> together() { return std::nullopt; }
};

struct WatchOptions {
  ProbeOptions probe;
  Policy policy;
  Policy reference_policy;                            ///< how many references must be down for "it is us"
  std::optional<Health> until = Health::down;         ///< the awaited verdict; none: it goes on for ever
  Duration interval = std::chrono::seconds(30);       ///< between two checks of a target, at most
  Duration retry_interval = std::chrono::seconds(6);  ///< the same while its state may be about to change
  unsigned fall = 3;                                  ///< consecutive downs before a target is down
  unsigned rise = 2;                                  ///< consecutive ups before it is up
  /// How long the silence of SIP alone is unknown before it is down, from the first check that stayed unanswered.
  Duration suspect_for = std::chrono::minutes(2);
  OtherObservers* others =
      nullptr;  ///< not owned; its second opinion binds, and while it sees SIP up, silence here is unknown
  bool assume_was_up = false;  ///< ask no SeenUp
  /// Leave the connection of an up open (tcp, tls, tunnel, SIP over TCP or TLS); its end makes the next check come at
  /// once and is no failure itself.
  bool keep_open = false;
  std::optional<Duration> alive_every;  ///< call WatchListener::alive() this often
};

/// What a watch looks at, and how.
struct WatchPlan {
  std::vector<Target> targets;
  std::vector<Target> references;
  WatchOptions options;
};

/// What happens during a watch, in its order, on the thread that runs it.
class FAILOVER_EXPORT WatchListener {
 public:
  virtual ~WatchListener() = default;
  /// What is watched from now on: when a watch begins and after every change of its plan.
  virtual void watching(const WatchPlan& plan) = 0;
  /// One check, as it counted: a down that could not count comes as unknown.
  virtual void checked(const Observation& observation, bool is_reference) = 0;
  virtual void state_changed(const Target& target, TargetState from, TargetState to, std::string_view reason) = 0;
  /// What this host says by itself has changed; before verdict_changed(), which comes only if the whole has.
  virtual void own_verdict_changed(const Verdict& /*verdict*/) {}
  /// The verdict or its reason is another one than before.
  virtual void verdict_changed(const Verdict& verdict) = 0;
  /// The watch turns; for a watchdog.
  virtual void alive() = 0;
};

/// Checks the targets again and again until the awaited verdict is reached. A down counts only if the target was seen
/// up before and the references, asked right after it, are not down themselves (property isolation). After a standstill
/// of this host (suspended, stopped, overloaded) every count begins anew. One thread at a time.
class FAILOVER_EXPORT Watch {
 public:
  virtual ~Watch() = default;
  /// @return the awaited verdict, or an error: refused when a target is this host, cancelled and timeout of the
  /// context,
  ///   or why watching is impossible. After a cancelled or timeout it may be called again and goes on where it was.
  virtual Result<Verdict> run(const Context& context) = 0;
  /// Watches something else from now on. Targets that stay keep what is known of them; checks under way are made anew.
  /// With an error everything stays as it was.
  virtual Result<void> change(WatchPlan plan) = 0;
};

/// `seen_up` and `listener` are not owned. An error of kind usage when the plan makes no sense.
FAILOVER_EXPORT Result<std::unique_ptr<Watch>> make_watch(WatchPlan plan, SeenUp& seen_up, WatchListener& listener);

/// A listener that writes down in the state directory since when each target and reference is as it is, for the
/// evidence before a promotion. It writes when the verdict changes, now and then, and at its end; what it cannot write
/// is noted once, for a watch goes on without it.
/// @param events not owned
FAILOVER_EXPORT Result<std::unique_ptr<WatchListener>> make_watch_memory(const std::filesystem::path& state_dir,
                                                                         Events* events);

struct ChangeHookOptions {
  std::filesystem::path program;                ///< absolute
  Duration limit = std::chrono::seconds(30);    ///< of one run; then its process group is ended
  Duration farewell = std::chrono::seconds(5);  ///< for all that is still to be run when the watch is over
};

/// A listener that runs a program at every change of a target's state and of the verdict, without a shell and with
/// FO_EVENT (state, verdict), FO_TARGET, FO_FROM, FO_TO, FO_VERDICT, FO_REASON, FO_TIME and FO_CHANGES in its
/// environment. It runs beside the watch, one at a time; what changes again while it waits for its turn becomes one
/// change. Its failures are noted. An error of kind usage for a path that is not absolute, not_found and permission for
/// one that cannot be run. Destroying it runs what is left, but only for the farewell; after `stop` it ends at once.
FAILOVER_EXPORT Result<std::unique_ptr<WatchListener>> make_change_hook(const ChangeHookOptions& options,
                                                                        std::stop_token stop, Events& events);

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
  /// For how long its health had been the same when it said so, by that node's count; none = it did not say.
  std::optional<Duration> same_for = std::nullopt;

  /// From when on that node's health has been what it says, by its count and the store's; none = not known. Pure.
  [[nodiscard]] FAILOVER_EXPORT std::optional<WallTime> since(WallTime now) const;
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
