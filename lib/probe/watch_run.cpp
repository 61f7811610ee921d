#include "probe/watch_run.hpp"

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "net/loop.hpp"
#include "probe/engine.hpp"
#include "probe/standstill.hpp"
#include "probe/watch_action.hpp"
#include "probe/watch_core.hpp"

namespace failover {

Result<std::unique_ptr<WatchRun>> WatchRun::create(const WatchPlan& plan, WatchCore& core, SeenUp& seen_up,
                                                   WatchListener& listener) {
  auto engine = FO_TRY(Engine::create(plan.options.probe));
  return std::unique_ptr<WatchRun>(new WatchRun(plan, core, seen_up, listener, std::move(engine)));
}

WatchRun::WatchRun(const WatchPlan& plan, WatchCore& core, SeenUp& seen_up, WatchListener& listener,
                   std::unique_ptr<Engine> engine)
    : plan_(plan),
      core_(core),
      seen_up_(seen_up),
      listener_(listener),
      engine_(std::move(engine)),
      references_(*engine_, plan.references, plan.options.reference_policy,
                  [this](const Observation& one) { on_reference(one); }) {
  next_references_ = engine_->loop().soon([this] { ask_references(); });
  if (plan.options.keep_open) {
    kept_.emplace(engine_->loop(), plan.targets, [this](std::size_t target) {
      core_.connection_ended(target, watch_time());
      act();
    });
    engine_->keep_connections(*kept_);
  }
  if (plan.options.alive_every) alive_ = engine_->loop().soon([this] { be_alive(); });
}

Result<Verdict> WatchRun::run(const Context& context) {
  context_ = &context;
  end_.reset();
  act();
  auto ran = engine_->loop().run([this] { return end_.has_value(); }, context);
  if (!to_remember_.empty()) write_down();
  context_ = nullptr;
  if (end_) return std::move(*end_);
  return std::unexpected(ran ? Error{ErrorKind::internal, "the watch ended without a verdict"}
                             : std::move(ran).error());
}

void WatchRun::tick() {
  core_.tick(watch_time());
  act();
}

/// Carrying out one thing may bring about the next: then the outermost call does that, too.
void WatchRun::act() {
  if (std::exchange(acting_, true)) return;
  for (auto actions = core_.take(); !actions.empty(); actions = core_.take()) {
    for (auto& action : actions) {
      std::visit([this](auto& one) { carry_out(std::move(one)); }, action);
    }
  }
  acting_ = false;
  wake_in_time();
}

void WatchRun::wake_in_time() {
  const auto when = core_.next_wake();
  if (when == Loop::Clock::time_point::max()) return next_tick_.reset();
  next_tick_ = engine_->loop().at(when, [this] { tick(); });
}

void WatchRun::carry_out(BeginCheck action) {
  engine_->check(core_.target(action.target), [this, target = action.target](Observation observation) {
    core_.answered(target, std::move(observation), watch_time());
    act();
  });
}

void WatchRun::carry_out(AskReferences action) {
  references_.vouch([this, target = action.target](const Verdict& ours) {
    core_.vouched(target, ours, watch_time());
    act();
  });
}

void WatchRun::carry_out(RememberUp action) {
  to_remember_.push_back(std::move(action.target));
  // Many come at once when a watch begins: one write for all of them.
  remembering_ = engine_->loop().soon([this] { write_down(); });
}

void WatchRun::carry_out(const TellCheck& action) {
  listener_.checked(action.observation, false);
}

void WatchRun::carry_out(const TellState& action) {
  listener_.state_changed(action.target, action.from, action.to, action.reason);
}

void WatchRun::carry_out(const TellOwnVerdict& action) {
  listener_.own_verdict_changed(action.verdict);
}

void WatchRun::carry_out(const TellVerdict& action) {
  listener_.verdict_changed(action.verdict);
}

void WatchRun::carry_out(const TellNote& action) {
  if (context_ != nullptr) context_->note(action.level, action.sentence);
}

void WatchRun::carry_out(EndWatch action) {
  if (!end_) end_ = std::move(action.result);
}

void WatchRun::write_down() {
  const auto kept = seen_up_.add(to_remember_);
  // This run knows anyway; the next one would not.
  if (!kept && context_ != nullptr) {
    context_->note(Level::warning, kept.error().while_doing("remembering which targets were seen up").message);
  }
  to_remember_.clear();
}

void WatchRun::ask_references() {
  references_.vouch([this](const Verdict& ours) {
    if (ours.health != Health::up && context_ != nullptr) {
      context_->note(Level::warning,
                     fmt::format("of the references {}: until that changes no target can become down", ours.reason));
    }
  });
  next_references_ = engine_->loop().after(plan_.options.interval, [this] { ask_references(); });
}

void WatchRun::on_reference(const Observation& observation) {
  listener_.checked(observation, true);
  if (observation.health || observation.health.error().kind != ErrorKind::refused) return;
  carry_out(EndWatch{std::unexpected(observation.health.error().while_doing(observation.target.text))});
}

void WatchRun::be_alive() {
  listener_.alive();
  alive_ = engine_->loop().after(plan_.options.alive_every.value_or(plan_.options.interval), [this] { be_alive(); });
}

}  // namespace failover
