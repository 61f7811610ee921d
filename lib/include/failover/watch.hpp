#pragma once

#include <chrono>
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

}  // namespace failover
