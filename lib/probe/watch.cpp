#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "net/loop.hpp"
#include "probe/engine.hpp"
#include "probe/hysteresis.hpp"
#include "probe/reference_round.hpp"
#include "probe/watch_verdict.hpp"

namespace failover {

namespace {

struct Watched {
  Watched(const Target& the_target, const WatchOptions& options)
      : target(the_target), hysteresis(options.fall, options.rise) {}
  Target target;
  Hysteresis hysteresis;
  bool seen_up = false;  ///< in this run
  Loop::Clock::time_point started;
  Loop::Timer next;
};

class WatchRun {
 public:
  WatchRun(Engine& engine, std::span<const Target> references, const WatchOptions& options, SeenUp& seen_up,
           WatchListener& listener, const Context& context)
      : engine_(engine),
        options_(options),
        seen_up_(seen_up),
        listener_(listener),
        context_(context),
        references_(engine, references, options.reference_policy,
                    [this](const Observation& one) { on_reference(one); }) {}

  Result<Verdict> run(std::span<const Target> targets) {
    for (const auto& target : targets) watched_.push_back(std::make_unique<Watched>(target, options_));
    for (auto& one : watched_) start_check(*one);
    ask_references();
    if (options_.alive_every) be_alive();
    auto ran = engine_.loop().run([this] { return end_.has_value(); }, context_);
    if (!to_remember_.empty()) write_down();
    if (end_) return std::move(*end_);
    return std::unexpected(ran ? Error{ErrorKind::internal, "the watch ended without a verdict"}
                               : std::move(ran).error());
  }

 private:
  void start_check(Watched& one) {
    one.started = Loop::Clock::now();
    engine_.check(one.target, [this, &one](Observation observation) { on_result(one, std::move(observation)); });
  }

  /// Refused means that we would watch ourselves: no later look can mend that.
  bool ends_it(const Observation& observation) {
    if (observation.health || observation.health.error().kind != ErrorKind::refused) return false;
    end_ = std::unexpected(observation.health.error().while_doing(observation.target.text));
    return true;
  }

  void on_result(Watched& one, Observation observation) {
    if (ends_it(observation)) return;
    if (observation.health == Health::up) remember(one);
    if (observation.health != Health::down) return count(one, observation);
    if (!options_.assume_was_up && !one.seen_up && !seen_up_.contains(one.target.text)) {
      return count(one, as_unknown(std::move(observation), "was never seen up, so this may be a typing error"));
    }
    // Property isolation: before this counts against the peer, the references say whether it is us.
    references_.vouch([this, &one, failed = std::move(observation)](const Verdict& ours) {
      if (ours.health == Health::up) return count(one, failed);
      count(one, as_unknown(failed, fmt::format("but of our references {}: this host may be cut off", ours.reason)));
    });
  }

  void count(Watched& one, const Observation& observation) {
    listener_.checked(observation, false);
    if (const auto before = one.hysteresis.add(observation.health)) {
      listener_.state_changed(one.target, *before, one.hysteresis.state());
    }
    const auto interval = one.hysteresis.changing() ? options_.retry_interval : options_.interval;
    one.next = engine_.loop().at(one.started + interval, [this, &one] { start_check(one); });
    decide();
  }

  void decide() {
    std::vector<StateOf> states;
    states.reserve(watched_.size());
    for (const auto& one : watched_) states.push_back({&one->target, one->hysteresis.state()});
    auto verdict = judge_states(states, options_.policy);
    if (!verdict_ || verdict_->health.has_value() != verdict.health.has_value() || verdict_->reason != verdict.reason ||
        (verdict.health && *verdict.health != *verdict_->health)) {
      verdict_ = verdict;
      listener_.verdict_changed(verdict);
    }
    if (verdict.health == options_.until && !end_) end_ = std::move(verdict);
  }

  void remember(Watched& one) {
    one.seen_up = true;
    if (seen_up_.contains(one.target.text)) return;
    to_remember_.push_back(one.target.text);
    // Many come at once when a watch begins: one write for all of them.
    remembering_ = engine_.loop().soon([this] { write_down(); });
  }

  void write_down() {
    const auto kept = seen_up_.add(to_remember_);
    // It is tried again with the next up; this run knows anyway.
    if (!kept) {
      context_.note(Level::warning, kept.error().while_doing("remembering which targets were seen up").message);
    }
    to_remember_.clear();
  }

  void ask_references() {
    references_.vouch([this](const Verdict& ours) {
      if (ours.health != Health::up) {
        context_.note(Level::warning,
                      fmt::format("of the references {}: until that changes no target can become down", ours.reason));
      }
    });
    next_references_ = engine_.loop().after(options_.interval, [this] { ask_references(); });
  }

  void on_reference(const Observation& observation) {
    listener_.checked(observation, true);
    ends_it(observation);
  }

  void be_alive() {
    listener_.alive();
    alive_ = engine_.loop().after(options_.alive_every.value_or(options_.interval), [this] { be_alive(); });
  }

  Engine& engine_;
  const WatchOptions& options_;
  SeenUp& seen_up_;
  WatchListener& listener_;
  const Context& context_;
  ReferenceRound references_;
  std::vector<std::unique_ptr<Watched>> watched_;  // by pointer: their callbacks hold on to them
  std::vector<std::string> to_remember_;
  Loop::Timer remembering_;
  std::optional<Verdict> verdict_;
  std::optional<Result<Verdict>> end_;
  Loop::Timer next_references_;
  Loop::Timer alive_;
};

Result<void> check_options(std::span<const Target> targets, const WatchOptions& options) {
  if (targets.empty()) return fail(ErrorKind::usage, "there is nothing to watch: name a target");
  if (options.fall == 0 || options.rise == 0) return fail(ErrorKind::usage, "fall and rise must be at least 1");
  constexpr Duration shortest = std::chrono::milliseconds(100);
  if (options.interval < shortest || options.retry_interval < shortest) {
    return fail(ErrorKind::usage, "the intervals must be at least 100 ms: a PBX blocks whoever floods it");
  }
  if (options.policy.down_needed > targets.size()) {
    return fail(ErrorKind::usage, fmt::format("{} targets cannot be down, there are only {}",
                                              options.policy.down_needed, targets.size()));
  }
  return {};
}

}  // namespace

Result<Verdict> watch(std::span<const Target> targets, std::span<const Target> references, const WatchOptions& options,
                      SeenUp& seen_up, WatchListener& listener, const Context& context) {
  FO_TRY(check_options(targets, options));
  auto probe = options.probe;
  probe.refuse_own = true;
  const auto engine = FO_TRY(Engine::create(probe));
  // After the engine, so that it is destroyed before the loop that its timers are in.
  WatchRun run(*engine, references, options, seen_up, listener, context);
  return run.run(targets);
}

}  // namespace failover
