#include "fo-probe/watch_observers.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/registry.hpp>
#include <failover/watch.hpp>

#include "cli/session.hpp"
#include "fo-probe/probe_options.hpp"
#include "fo-probe/witness_options.hpp"

namespace failover::cli {

namespace {

Duration between_reads(const ProbeToolOptions& options) {
  return std::clamp<Duration>(options.interval / 5, std::chrono::milliseconds(200), std::chrono::seconds(10));
}

}  // namespace

Result<std::unique_ptr<WatchObservers>> WatchObservers::create(const ProbeToolOptions& options,
                                                               const Session& session) {
  auto witnesses = FO_TRY(while_doing("--observers", make_witnesses(options.observers.value_or(""), {})));
  return std::unique_ptr<WatchObservers>(
      new WatchObservers(options, who_we_are(options, session.nodes), std::move(witnesses), session.context.events));
}

WatchObservers::WatchObservers(const ProbeToolOptions& options, NodeObservation own,
                               std::unique_ptr<Witnesses> witnesses, Events* events)
    : own_(std::move(own)),
      policy_(witness_policy(options)),
      reader_(std::move(witnesses), between_reads(options), events) {}

std::optional<std::string> WatchObservers::who_sees_up(const Target& target) {
  return failover::who_sees_up(reader_.latest(), target.text, own_.node, own_.address, policy_.max_age);
}

std::optional<Verdict> WatchObservers::together() {
  return judge_witnesses(reader_.latest(), policy_);
}

}  // namespace failover::cli
