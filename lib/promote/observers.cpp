#include "promote/observers.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/watch.hpp>

#include "promote/objections.hpp"

namespace failover {

namespace {

/// Down only if every other node is down.
NodeObservation own_look(const std::vector<PeerFacts>& peers, const PromotionSettings& settings) {
  NodeObservation own;
  own.node = settings.node;
  own.health = Health::down;
  own.age = Duration::zero();
  for (const auto& peer : peers) {
    own.reason = peer.verdict.reason;
    if (peer.verdict.health && *peer.verdict.health == Health::down) continue;
    own.health = peer.verdict.health;
    if (own.health) break;
  }
  return own;
}

}  // namespace

Verdict judge_with_own_look(const Result<std::vector<NodeObservation>>& seen, const std::vector<PeerFacts>& peers,
                            const PromotionSettings& settings) {
  if (!seen) return judge_witnesses(seen, settings.observer_policy);
  auto all = *seen;
  std::erase_if(all, [&settings](const NodeObservation& one) { return one.node == settings.node; });
  all.push_back(own_look(peers, settings));
  return judge_witnesses(all, settings.observer_policy);
}

std::vector<ObserverFacts> ask_observers(const PromotionSettings& settings, PromotionParts& parts,
                                         const std::vector<PeerFacts>& peers, const Context& context) {
  std::vector<ObserverFacts> facts;
  facts.reserve(parts.observers.size());
  for (const auto& store : parts.observers) {
    auto seen = store->read(context);
    auto verdict = judge_with_own_look(seen, peers, settings);
    facts.push_back({store->describe(), std::move(seen), std::move(verdict)});
  }
  return facts;
}

RuleFindings apply_observer_rule(const PromotionSettings& settings, const std::vector<ObserverFacts>& observers) {
  RuleFindings findings;
  if (settings.switchover) return findings;
  for (const auto& each : observers) {
    if (!each.verdict.health) {
      findings.objections.push_back(
          {"observers", ErrorKind::refused,
           fmt::format("what others see of the service is unknown, by {}: {}", each.store, each.verdict.reason)});
    } else if (*each.verdict.health == Health::up) {
      findings.objections.push_back(
          {"observers", ErrorKind::refused,
           fmt::format("others see that the service is up, by {}: {}", each.store, each.verdict.reason)});
    }
  }
  return findings;
}

}  // namespace failover
