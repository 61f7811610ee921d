#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/session.hpp"
#include "fo-probe/probe_options.hpp"

namespace failover::cli {

/// Leaves what a watch finds by itself in the store: at every change, and again while it stays. Only a check makes it
/// speak again, so a watch that hangs falls silent.
class WatchPublisher final : public WatchListener {
 public:
  /// @param options with --publish
  static Result<std::unique_ptr<WatchPublisher>> create(const ProbeToolOptions& options, const Session& session);

  void watching(const WatchPlan& plan) override;
  void checked(const Observation& observation, bool is_reference) override;
  void state_changed(const Target&, TargetState, TargetState, std::string_view) override {}
  void own_verdict_changed(const Verdict& verdict) override;
  void verdict_changed(const Verdict&) override {}
  void alive() override {}

  /// So that the last word is not lost; at most two seconds.
  Result<void> flush(const Context& context) { return publisher_.flush(context.within(std::chrono::seconds(2))); }

 private:
  WatchPublisher(NodeObservation own, std::unique_ptr<Witnesses> witnesses, std::chrono::seconds lifetime,
                 Events* events);
  void say(const Verdict& verdict);

  NodeObservation own_;
  WitnessPublisher publisher_;
  std::map<std::string, Result<Health>, std::less<>> latest_;
  std::optional<Verdict> verdict_;
  Deadline::Clock::time_point same_since_;  ///< from when on the verdict's health has been what it is
  Duration interval_{};
  Deadline::Clock::time_point said_;
};

}  // namespace failover::cli
