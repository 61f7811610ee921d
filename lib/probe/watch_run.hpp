#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "net/loop.hpp"
#include "probe/engine.hpp"
#include "probe/kept_connections.hpp"
#include "probe/reference_round.hpp"
#include "probe/watch_action.hpp"
#include "probe/watch_core.hpp"

namespace failover {

/// Carries out what the core of a watch decides: timers and checks in a loop, the memory, the listener. Made for one
/// plan; the core outlives it. Neither copied nor moved.
class WatchRun {
 public:
  /// Nothing is owned. An error of kind usage when the options make no sense.
  static Result<std::unique_ptr<WatchRun>> create(const WatchPlan& plan, WatchCore& core, SeenUp& seen_up,
                                                  WatchListener& listener);
  WatchRun(const WatchRun&) = delete;
  WatchRun& operator=(const WatchRun&) = delete;
  ~WatchRun() = default;

  /// Until the verdict or the context's end; then it may be called again.
  Result<Verdict> run(const Context& context);

 private:
  WatchRun(const WatchPlan& plan, WatchCore& core, SeenUp& seen_up, WatchListener& listener,
           std::unique_ptr<Engine> engine);
  void tick();
  void act();
  void wake_in_time();
  void carry_out(BeginCheck action);
  void carry_out(AskReferences action);
  void carry_out(RememberUp action);
  void carry_out(const TellCheck& action);
  void carry_out(const TellState& action);
  void carry_out(const TellOwnVerdict& action);
  void carry_out(const TellVerdict& action);
  void carry_out(const TellNote& action);
  void carry_out(EndWatch action);
  void write_down();
  void ask_references();
  void on_reference(const Observation& observation);
  void be_alive();

  const WatchPlan& plan_;
  WatchCore& core_;
  SeenUp& seen_up_;
  WatchListener& listener_;
  std::unique_ptr<Engine> engine_;
  ReferenceRound references_;
  std::optional<KeptConnections> kept_;
  const Context* context_ = nullptr;  ///< of the run() under way
  bool acting_ = false;
  std::vector<std::string> to_remember_;
  std::optional<Result<Verdict>> end_;
  // After the engine, so that they are destroyed before the loop that they are in.
  Loop::Timer next_tick_;
  Loop::Timer remembering_;
  Loop::Timer next_references_;
  Loop::Timer alive_;
};

}  // namespace failover
