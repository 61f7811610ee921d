#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

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

struct WatchOptions {
  ProbeOptions probe;
  Policy policy;
  Policy reference_policy;                            ///< how many references must be down for "it is us"
  Health until = Health::down;                        ///< the awaited verdict
  Duration interval = std::chrono::seconds(30);       ///< between two checks of a target
  Duration retry_interval = std::chrono::seconds(6);  ///< the same while its state may be about to change
  unsigned fall = 3;                                  ///< consecutive downs before a target is down
  unsigned rise = 2;                                  ///< consecutive ups before it is up
  bool assume_was_up = false;                         ///< ask no SeenUp
  std::optional<Duration> alive_every;                ///< call WatchListener::alive() this often
};

/// What happens during a watch, in its order, on the thread that runs it.
class FAILOVER_EXPORT WatchListener {
 public:
  virtual ~WatchListener() = default;
  /// One check, as it counted: a down of a target that could not count comes as unknown.
  virtual void checked(const Observation& observation, bool is_reference) = 0;
  virtual void state_changed(const Target& target, TargetState from, TargetState to) = 0;
  /// The verdict or its reason is another one than before.
  virtual void verdict_changed(const Verdict& verdict) = 0;
  /// The watch turns; for a watchdog.
  virtual void alive() = 0;
};

/// Checks the targets again and again until the awaited verdict is reached. A down counts only if the target was seen
/// up before and the references, asked right after it, are not down themselves (property isolation). Returns that
/// verdict, or an error: refused when a target is this host, cancelled, timeout of the context, or why watching is
/// impossible. `seen_up` and `listener` are not owned.
FAILOVER_EXPORT Result<Verdict> watch(std::span<const Target> targets, std::span<const Target> references,
                                      const WatchOptions& options, SeenUp& seen_up, WatchListener& listener,
                                      const Context& context);

}  // namespace failover
