#include "fo-probe/witness_look.hpp"

#include <algorithm>
#include <chrono>
#include <span>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/registry.hpp>
#include <failover/watch.hpp>

#include "cli/session.hpp"
#include "fo-probe/probe_json.hpp"
#include "fo-probe/probe_options.hpp"
#include "fo-probe/witness_options.hpp"

namespace failover::cli {

namespace {

Duration limit_of(const Session& session) {
  return session.options.timeout.value_or(ProbeOptions{}.timeout);
}

}  // namespace

Result<void> publish_look(const ProbeToolOptions& options, const Session& session, const Verdict& verdict,
                          std::span<const Observation> observations) {
  const auto witnesses = FO_TRY(make_witnesses(options.publish.value_or(""), {}));
  auto own = who_we_are(options, session.nodes);
  own.health = verdict.health;
  own.reason = verdict.reason;
  own.when = std::chrono::system_clock::now();
  for (const auto& one : observations) own.targets.push_back({one.target.text, one.health});
  const auto limit = limit_of(session);
  return witnesses->publish(own, publish_lifetime(options, limit), session.context.within(limit));
}

Result<ObserversSay> ask_observers(const ProbeToolOptions& options, const Session& session) {
  const auto witnesses = FO_TRY(while_doing("--observers", make_witnesses(options.observers.value_or(""), {})));
  const auto found = witnesses->read(session.context.within(limit_of(session)));
  const auto policy = witness_policy(options);
  ObserversSay say{.verdict = judge_witnesses(found, policy)};
  if (!found) return say;
  for (const auto& one : *found) session.output.object("observation", observation_fields(one));
  say.all_up = std::ranges::all_of(*found, [&policy](const NodeObservation& one) {
    return one.health == Health::up && one.age && *one.age <= policy.max_age;
  });
  return say;
}

}  // namespace failover::cli
