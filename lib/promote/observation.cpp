#include "promote/observation.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "core/pause.hpp"

namespace failover {

namespace {

constexpr Duration silence_interval = std::chrono::milliseconds(500);

bool is(const Result<Health>& health, Health wanted) noexcept {
  return health.has_value() && *health == wanted;
}

/// One observation of all peers side by side, cut into one list per peer.
std::vector<std::vector<Observation>> observe_once(std::span<const PromotionPeer> peers, Observer& observer,
                                                   const Context& context) {
  std::vector<Target> targets;
  for (const auto& peer : peers) targets.insert(targets.end(), peer.probes.begin(), peer.probes.end());
  auto seen = observer.observe(targets, context);
  std::vector<std::vector<Observation>> lists;
  auto at = seen.begin();
  for (const auto& peer : peers) {
    const auto count = std::min<std::ptrdiff_t>(std::ssize(peer.probes), std::distance(at, seen.end()));
    lists.emplace_back(std::move_iterator(at), std::move_iterator(at + count));
    at += count;
  }
  return lists;
}

Verdict judge_peer(std::span<const Observation> observations, const PromotionPeer& peer) {
  if (peer.probes.empty() || observations.size() != peer.probes.size()) {
    return {fail(ErrorKind::config, "it has no probe"), "no probe tells how it is"};
  }
  return judge(observations, Policy{});
}

}  // namespace

Verdict verdict_over_tries(std::span<const Verdict> tries) {
  if (tries.empty()) return {fail(ErrorKind::internal, "it was never probed"), "never probed"};
  for (const auto& verdict : tries) {
    if (is(verdict.health, Health::up)) return verdict;
  }
  for (const auto& verdict : tries) {
    if (!verdict.health) return verdict;
  }
  return {Health::down, fmt::format("{}, {} of {} tries", tries.back().reason, tries.size(), tries.size())};
}

std::vector<PeerFacts> observe_peers(std::span<const PromotionPeer> peers, Observer& observer, unsigned tries,
                                     Duration interval, const Context& context) {
  std::vector<PeerFacts> facts(peers.size());
  std::vector<std::vector<Verdict>> verdicts(peers.size());
  for (unsigned attempt = 0; attempt < std::max(1U, tries); ++attempt) {
    if (attempt > 0) {
      const auto paused = pause_between_tries(interval, context);
      if (!paused) {
        for (auto& list : verdicts) list.push_back({std::unexpected(paused.error()), paused.error().message});
        break;
      }
    }
    auto lists = observe_once(peers, observer, context);
    bool any_up = false;
    for (std::size_t i = 0; i < peers.size(); ++i) {
      verdicts[i].push_back(judge_peer(lists[i], peers[i]));
      facts[i].observations = std::move(lists[i]);
      any_up = any_up || is(verdicts[i].back().health, Health::up);
    }
    if (any_up) break;
  }
  for (std::size_t i = 0; i < peers.size(); ++i) {
    facts[i].name = peers[i].name;
    facts[i].addresses = peers[i].addresses;
    facts[i].verdict = verdict_over_tries(verdicts[i]);
  }
  return facts;
}

bool all_up(std::span<const Observation> observations) noexcept {
  return std::ranges::all_of(observations, [](const Observation& each) { return is(each.health, Health::up); });
}

Result<void> await_silence(const PromotionPeer& peer, Observer& observer, const Context& context) {
  while (true) {
    const auto seen = observer.observe(peer.probes, context);
    if (seen.empty() || seen.size() != peer.probes.size()) {
      return fail(ErrorKind::config, peer.name + " has no probe that could confirm its silence");
    }
    const auto loud =
        std::ranges::find_if(seen, [](const Observation& each) { return !is(each.health, Health::down); });
    if (loud == seen.end()) return {};
    const auto paused = pause_between_tries(silence_interval, context);
    if (!paused) {
      return fail(paused.error().kind, fmt::format("{} is not silent after it was fenced: {} is {} ({})", peer.name,
                                                   loud->target.text, to_string(loud->health), loud->detail));
    }
  }
}

}  // namespace failover
