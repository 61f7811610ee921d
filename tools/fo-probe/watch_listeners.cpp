#include "fo-probe/watch_listeners.hpp"

#include <memory>
#include <string_view>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/session.hpp"
#include "fo-probe/metrics_file.hpp"
#include "fo-probe/probe_options.hpp"

namespace failover::cli {

WatchListeners::WatchListeners(Session& session) : session_(session), report_(session.output), view_(session.output) {}

Result<void> WatchListeners::configure(const ProbeToolOptions& options) {
  FO_TRY(configure_hook(options));
  if (!options.metrics_file) {
    metrics_.reset();
  } else if (metrics_) {
    metrics_->move_to(*options.metrics_file);
  } else {
    metrics_.emplace(*options.metrics_file);
  }
  return {};
}

Result<void> WatchListeners::configure_hook(const ProbeToolOptions& options) {
  const auto program = options.on_change.value_or("");
  if (program == hook_options_.program && options.hook_timeout == hook_options_.limit) return {};
  ChangeHookOptions wanted;
  wanted.program = program;
  wanted.limit = options.hook_timeout;
  std::unique_ptr<WatchListener> hook;
  if (options.on_change) {
    hook = FO_TRY(while_doing("--on-change", make_change_hook(wanted, session_.context.stop, session_.output)));
  }
  if (hook_) retired_.push_back(std::move(hook_));
  hook_ = std::move(hook);
  hook_options_ = std::move(wanted);
  return {};
}

void WatchListeners::watching(const WatchPlan& plan) {
  report_.watching(plan);
  systemd_.watching(plan);
  view_.watching(plan);
  if (publisher_ != nullptr) publisher_->watching(plan);
  if (memory_) memory_->watching(plan);
  if (metrics_) metrics_->keep_only(plan.targets, plan.references);
}

void WatchListeners::checked(const Observation& observation, bool is_reference) {
  report_.checked(observation, is_reference);
  if (metrics_) metrics_->add(observation);
  view_.checked(observation, is_reference);
  if (publisher_ != nullptr) publisher_->checked(observation, is_reference);
  if (memory_) memory_->checked(observation, is_reference);
}

void WatchListeners::state_changed(const Target& target, TargetState from, TargetState to, std::string_view reason) {
  report_.state_changed(target, from, to, reason);
  if (metrics_) metrics_->set_state(target, to);
  if (hook_) hook_->state_changed(target, from, to, reason);
  view_.state_changed(target, from, to, reason);
}

void WatchListeners::own_verdict_changed(const Verdict& verdict) {
  if (publisher_ != nullptr) publisher_->own_verdict_changed(verdict);
}

void WatchListeners::verdict_changed(const Verdict& verdict) {
  report_.verdict_changed(verdict);
  systemd_.verdict_changed(verdict);
  if (metrics_) metrics_->set(verdict);
  write_metrics();
  if (hook_) hook_->verdict_changed(verdict);
  view_.verdict_changed(verdict);
  if (memory_) memory_->verdict_changed(verdict);
}

void WatchListeners::alive() {
  systemd_.alive();
  write_metrics();
  view_.alive();
  if (memory_) memory_->alive();
}

void WatchListeners::write_metrics() {
  if (!metrics_) return;
  if (auto written = metrics_->write(); !written) session_.output.note(Level::warning, written.error().message);
}

}  // namespace failover::cli
