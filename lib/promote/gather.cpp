#include "promote/gather.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "core/clock.hpp"
#include "promote/gateway.hpp"
#include "promote/observation.hpp"
#include "promote/observers.hpp"
#include "state/pause_file.hpp"
#include "state/promotion_journal.hpp"
#include "state/restored_generation.hpp"
#include "state/role_file.hpp"
#include "state/seen_up.hpp"
#include "state/state_dir.hpp"
#include "state/watched_targets.hpp"

namespace failover {

namespace {

Result<std::optional<BackupFacts>> restored_backup(const StateDir& state) {
  const auto generation = FO_TRY(read_restored_generation(state));
  if (!generation) return std::nullopt;
  return backup_facts(*generation);
}

/// What counts as the old addresses of a view: its own, else --from, else those of each peer.
std::vector<std::vector<std::string>> old_addresses(const DnsView& view, const PromotionSettings& settings,
                                                    const PromotionParts& parts) {
  if (!view.from.empty()) return {view.from};
  if (!settings.from.empty()) return {settings.from};
  std::vector<std::vector<std::string>> sets;
  sets.reserve(parts.peers.size());
  for (const auto& peer : parts.peers) sets.push_back(peer.addresses);
  return sets;
}

std::vector<ViewFacts> look_at_views(const PromotionSettings& settings, PromotionParts& parts, const Context& context) {
  std::vector<ViewFacts> views;
  for (auto& view : parts.views) {
    ViewFacts facts;
    facts.name = view.name;
    facts.description = view.updater->describe();
    facts.swap = view.updater->swap();
    facts.current = view.updater->current(context);
    // A server that does not answer is not asked a second time for the right to write.
    facts.access = facts.current ? view.updater->prove_access(context) : Result<void>{};
    facts.from = old_addresses(view, settings, parts);
    facts.to = view.to.empty() ? settings.to : view.to;
    facts.ttl = view.ttl.value_or(settings.ttl);
    facts.mark_is_apart = view.updater->mark_is_apart();
    facts.claim_is_mark = parts.arbiter.claims_in_dns();
    // Remembered for the dns step, which then needs no look-up.
    if (facts.current) facts.servers = view.verifier->find(context);
    views.push_back(std::move(facts));
  }
  return views;
}

std::vector<FencerFacts> ask_fencers(const PromotionPeer& peer, const Context& context) {
  std::vector<FencerFacts> facts;
  facts.reserve(peer.fencers.size());
  for (const auto& fencer : peer.fencers) {
    facts.push_back(
        {fencer->describe(), fencer->kind(), fencer->status(fence_target(peer, 0), context), fencer->gives_back()});
  }
  return facts;
}

Result<std::vector<std::string>> never_seen_up(const PromotionPeer& peer, const Result<SeenUpFile>& memory) {
  if (!memory) return std::unexpected(memory.error());
  std::vector<std::string> never;
  for (const auto& probe : peer.probes) {
    if (!memory->contains(probe.text)) never.push_back(probe.text);
  }
  return never;
}

/// Evidence only: what cannot be read is not known.
std::map<std::string, WallTime, std::less<>> since_when(const PromotionFacts& facts, const StateDir& state) {
  const auto watched = read_watched_targets(state).value_or(WatchedTargets{});
  std::map<std::string, WallTime, std::less<>> since;
  const auto look = [&](const std::vector<Observation>& observations) {
    for (const auto& seen : observations) {
      const auto when = seen_since(watched, seen.target.text, seen.health, std::chrono::system_clock::now());
      if (when) since.emplace(seen.target.text, *when);
    }
  };
  look(facts.references);
  for (const auto& peer : facts.peers) look(peer.observations);
  return since;
}

}  // namespace

std::size_t independent_references(const std::vector<Target>& references, const std::vector<std::string>& gateways) {
  std::set<std::string> hosts;
  for (const auto& reference : references) {
    // A program names no host: what it looks at may be this very one.
    if (reference.host.empty()) continue;
    if (std::ranges::find(gateways, reference.host) == gateways.end()) hosts.insert(reference.host);
  }
  return hosts.size();
}

FenceTarget fence_target(const PromotionPeer& peer, std::uint64_t epoch) {
  return {peer.name, peer.addresses.empty() ? std::string() : peer.addresses.front(), epoch};
}

BackupFacts backup_facts(const RestoredGeneration& generation) {
  return {std::filesystem::path(generation.backup).filename().string(),
          generation.backup_time,
          generation.restored,
          generation.kind.value_or(""),
          generation.version.value_or(""),
          generation.extensions};
}

std::string role_name(const std::optional<RoleRecord>& role) {
  return role ? std::string(to_string(role->role)) : "unset";
}

std::optional<EarlierPromotion> earlier_promotion(const PromotionHistory& history) {
  if (!history.last) return std::nullopt;
  const auto& last = *history.last;
  EarlierPromotion earlier;
  earlier.service = last.service;
  earlier.epoch = last.epoch;
  earlier.ended = !last.outcome.empty();
  earlier.outcome = last.outcome;
  if (const auto time = parse_rfc3339(last.ended)) earlier.ended_at = *time;
  earlier.fence_tried = last.fence_tried;
  earlier.fenced = last.fenced;
  earlier.unattended = last.unattended;
  // A step that this version does not know comes from a newer one, which would have refused by its format number.
  if (const auto step = parse_promotion_step(last.step)) earlier.step = *step;
  for (const auto& name : last.left) {
    if (const auto step = parse_promotion_step(name)) earlier.left.push_back(*step);
  }
  return earlier;
}

PromotionFacts gather_promotion_facts(const PromotionSettings& settings, PromotionParts& parts, const StateDir& state,
                                      const PromotionHistory& history, const std::optional<RoleRecord>& role,
                                      const Context& context) {
  PromotionFacts facts;
  facts.now = std::chrono::system_clock::now();
  facts.backup = restored_backup(state);
  facts.restore_in_progress = restore_in_progress(state);
  facts.role = role_name(role);
  facts.role_epoch = role ? role->epoch : 0;
  if (role) facts.role_since = role->since;
  facts.pause = read_pause(state);
  facts.earlier = earlier_promotion(history);
  facts.journal_epoch = history.largest_epoch;
  facts.references = parts.observer.observe(settings.references, context);
  facts.independent_references = independent_references(settings.references, gateways_of_this_host());
  facts.self_probes = parts.self_observer.observe(settings.self_probes, context.within(std::chrono::seconds(3)));
  facts.views = look_at_views(settings, parts, context);
  facts.arbiter = parts.arbiter.read(context);
  facts.unattended = parts.arbiter.may_run_unattended();
  facts.peers = observe_peers(parts.peers, parts.observer, settings.tries, settings.tries_interval, context);
  facts.observers = ask_observers(settings, parts, facts.peers, context);
  const auto memory = SeenUpFile::open(state);
  for (std::size_t i = 0; i < parts.peers.size(); ++i) {
    facts.peers[i].fencers = ask_fencers(parts.peers[i], context);
    facts.peers[i].never_up = never_seen_up(parts.peers[i], memory);
  }
  facts.since = since_when(facts, state);
  return facts;
}

}  // namespace failover
