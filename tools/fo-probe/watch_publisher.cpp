#include "fo-probe/watch_publisher.hpp"

#include <chrono>
#include <iterator>
#include <memory>
#include <set>
#include <string_view>
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

Result<std::unique_ptr<WatchPublisher>> WatchPublisher::create(const ProbeToolOptions& options,
                                                               const Session& session) {
  auto witnesses = FO_TRY(while_doing("--publish", make_witnesses(options.publish.value_or(""), {})));
  const auto lifetime = publish_lifetime(options, session.options.timeout.value_or(ProbeOptions{}.timeout));
  return std::unique_ptr<WatchPublisher>(
      new WatchPublisher(who_we_are(options, session.nodes), std::move(witnesses), lifetime, session.context.events));
}

WatchPublisher::WatchPublisher(NodeObservation own, std::unique_ptr<Witnesses> witnesses, std::chrono::seconds lifetime,
                               Events* events)
    : own_(std::move(own)), publisher_(std::move(witnesses), lifetime, events) {}

void WatchPublisher::watching(const WatchPlan& plan) {
  interval_ = plan.options.interval;
  std::set<std::string_view> stay;
  for (const auto& target : plan.targets) stay.insert(target.text);
  for (auto one = latest_.begin(); one != latest_.end();) {
    one = stay.contains(one->first) ? std::next(one) : latest_.erase(one);
  }
}

void WatchPublisher::checked(const Observation& observation, bool is_reference) {
  if (is_reference) return;
  latest_.insert_or_assign(observation.target.text, observation.health);
  // With many targets not at every one of their checks.
  if (verdict_ && Deadline::Clock::now() - said_ >= interval_ / 2) say(*verdict_);
}

void WatchPublisher::own_verdict_changed(const Verdict& verdict) {
  if (!verdict_ || to_string(verdict_->health) != to_string(verdict.health)) same_since_ = Deadline::Clock::now();
  verdict_ = verdict;
  say(verdict);
}

void WatchPublisher::say(const Verdict& verdict) {
  auto said = own_;
  said.health = verdict.health;
  said.reason = verdict.reason;
  said.when = std::chrono::system_clock::now();
  said.same_for = Deadline::Clock::now() - same_since_;
  for (const auto& [target, health] : latest_) said.targets.push_back({target, health});
  publisher_.publish(std::move(said));
  said_ = Deadline::Clock::now();
}

}  // namespace failover::cli
