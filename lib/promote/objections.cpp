#include "promote/objections.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "core/clock.hpp"
#include "promote/dns_case.hpp"
#include "promote/dns_move.hpp"
#include "promote/observers.hpp"
#include "promote/quiet_rules.hpp"

namespace failover {

namespace {

constexpr std::size_t references_unattended = 2;

class Rules {
 public:
  Rules(const PromotionSettings& settings, const PromotionFacts& facts, std::uint64_t epoch, bool goes_on) noexcept
      : settings_(settings), facts_(facts), epoch_(epoch), goes_on_(goes_on) {}

  RuleFindings apply() {
    journal();
    restore();
    if (!goes_on_) backup_age();
    if (!goes_on_) {
      take(apply_quiet_rules(settings_, facts_));
      // Behind the commit it is this host that they see.
      take(apply_observer_rule(settings_, facts_.observers));
    }
    isolation();
    attendance();
    arbiter();
    if (facts_.peers.empty()) object("nodes", ErrorKind::config, "no other node is known: add a [node.NAME] section");
    for (const auto& peer : facts_.peers) {
      health(peer);
      fencers(peer);
    }
    if (settings_.switchover && !goes_on_) one_serves();
    if (facts_.views.empty()) object("dns", ErrorKind::config, "no view is given whose name shall move: add --dns");
    for (const auto& each : facts_.views) view(each);
    if (settings_.self_probes.empty()) warn("no --self-probe is given: nothing proves that the service answers here");
    return std::move(findings_);
  }

 private:
  void object(std::string rule, ErrorKind kind, std::string reason) {
    findings_.objections.push_back({std::move(rule), kind, std::move(reason)});
  }
  void warn(std::string sentence) { findings_.warnings.push_back(std::move(sentence)); }

  void journal() {
    const auto& earlier = facts_.earlier;
    if (earlier && !earlier->ended && earlier->service != settings_.service) {
      object("again", ErrorKind::refused,
             fmt::format("the promotion of {} is unfinished on this host; end that one first", earlier->service));
    }
    if (epoch_ == std::numeric_limits<std::uint64_t>::max()) {
      object("epoch", ErrorKind::refused,
             "no epoch is left above the one in DNS or the journal; look at the TXT record");
    }
    if (goes_on_ && facts_.role_epoch > epoch_) {
      object("superseded", ErrorKind::refused,
             fmt::format("superseded: this host has the role {} of epoch {} since", facts_.role, facts_.role_epoch));
    }
    if (goes_on_ && facts_.role == "fenced" && facts_.role_epoch == epoch_) {
      object("superseded", ErrorKind::refused, "superseded: this host was fenced by another promotion since");
    }
  }

  void restore() {
    const auto& open = facts_.restore_in_progress;
    if (!open) {
      object("restore", open.error().kind, open.error().message);
    } else if (*open) {
      object("restore", ErrorKind::refused, "a restore was interrupted here; type: fo-restore --recover");
    }
  }

  void backup_age() {
    const bool allowed = settings_.allow_stale_backup;
    const auto stale = [&](std::string sentence) {
      if (allowed) {
        warn(std::move(sentence));
      } else {
        object("backup", ErrorKind::refused, std::move(sentence) + "; --allow-stale-backup takes it all the same");
      }
    };
    if (!facts_.backup) {
      object("backup", facts_.backup.error().kind, facts_.backup.error().message);
      return;
    }
    const auto& backup = *facts_.backup;
    if (!backup) return stale("nothing was ever restored on this host");
    const auto age = facts_.now - backup->time;
    if (age > settings_.max_backup_age) {
      return stale(fmt::format("the restored backup is {} old, more than {}", human_duration(age),
                               human_duration(settings_.max_backup_age)));
    }
    if (age > settings_.warn_backup_age) {
      warn(fmt::format("the restored backup is {} old, more than {}", human_duration(age),
                       human_duration(settings_.warn_backup_age)));
    }
  }

  void take(RuleFindings found) {
    std::ranges::move(found.objections, std::back_inserter(findings_.objections));
    std::ranges::move(found.warnings, std::back_inserter(findings_.warnings));
  }

  /// Property isolation: who cannot reach anything else must not blame the active host.
  void isolation() {
    if (settings_.references.empty()) {
      if (settings_.attended) warn("no --reference is given: nothing proves that this host is not itself cut off");
    } else if (const auto verdict = judge(facts_.references, Policy{});
               !verdict.health || *verdict.health == Health::down) {
      object("isolation", ErrorKind::refused,
             fmt::format("this host may itself be cut off: the references are {} ({})", to_string(verdict.health),
                         verdict.reason));
    }
    if (!settings_.attended && facts_.independent_references < references_unattended) {
      object(
          "isolation", ErrorKind::refused,
          fmt::format("an unattended promotion needs two references on different hosts beyond the own gateway, not {}",
                      facts_.independent_references));
    }
  }

  void attendance() {
    if (!settings_.attended && !facts_.unattended) {
      object("one-winner", facts_.unattended.error().kind, facts_.unattended.error().message);
    }
  }

  void arbiter() {
    const auto& record = facts_.arbiter;
    if (!record) {
      // A missing record is a rule that says no: it never means that nobody serves.
      const auto kind = record.error().kind == ErrorKind::not_found ? ErrorKind::refused : record.error().kind;
      object("one-winner", kind, "the arbiter cannot be asked: " + record.error().message);
    } else if (const auto other = record->promoting.value_or(settings_.node);
               other != settings_.node && record->overrulable && settings_.attended) {
      warn(fmt::format("{0} promotes at this moment: look there first; going on here fences {0}, too", other));
    } else if (other != settings_.node) {
      object("one-winner", ErrorKind::refused, fmt::format("{} promotes at this moment; one of two is enough", other));
    } else if (goes_on_ && record->active.value_or(settings_.node) != settings_.node) {
      object("superseded", ErrorKind::refused,
             fmt::format("superseded: the arbiter names {} as active", record->active.value_or("")));
    }
  }

  /// Property unknown-is-not-down.
  void health(const PeerFacts& peer) {
    const auto own = std::ranges::find_if(peer.observations, [](const auto& each) {
      return !each.health && each.health.error().kind == ErrorKind::refused;
    });
    if (own != peer.observations.end()) {
      // After a failover the service's name means this host: such a probe would watch itself.
      object("own-address", ErrorKind::config,
             fmt::format("the probe {} of {} asks this very host: {}", own->target.text, peer.name,
                         own->health.error().message));
    } else if (!peer.verdict.health) {
      object("unknown-is-not-down", ErrorKind::refused,
             fmt::format("whether {} serves is unknown: {}", peer.name, peer.verdict.health.error().message));
    } else if (settings_.switchover) {
      // What serves is told to stop; what does not serve is proven off as in a failover.
      if (*peer.verdict.health == Health::up) can_be_asked_to_stop(peer);
    } else if (*peer.verdict.health == Health::up) {
      object("healthy", ErrorKind::refused, fmt::format("{} is healthy: {}", peer.name, peer.verdict.reason));
    } else if (!goes_on_ && !settings_.assume_was_up) {
      never_seen_up(peer);
    }
  }

  /// A switchover takes nobody's power: it must be possible to undo it.
  void can_be_asked_to_stop(const PeerFacts& peer) {
    const auto able = [](const FencerFacts& fencer) {
      return fencer.kind == FenceKind::service && fencer.gives_back && fencer.status;
    };
    if (std::ranges::any_of(peer.fencers, able)) return;
    object("switchover", ErrorKind::refused,
           fmt::format("nobody can tell {} to stop and, should this fail, to start again: it needs a fencer of kind "
                       "service that answers",
                       peer.name));
  }

  /// Who is asked to stop must be one, and must be there.
  void one_serves() {
    const auto up = [](const PeerFacts& peer) { return peer.verdict.health && *peer.verdict.health == Health::up; };
    const auto serving = std::ranges::count_if(facts_.peers, up);
    if (serving == 1 || facts_.peers.empty()) return;
    object("switchover", ErrorKind::refused,
           serving == 0 ? "no other node serves, so this is no switchover; type: fo-promote run"
                        : "several other nodes serve at once; stop all but one of them first");
  }

  /// Property isolation: a typing error in a probe looks like a dead host and must not fence a healthy one.
  void never_seen_up(const PeerFacts& peer) {
    if (!peer.never_up) {
      object("isolation", peer.never_up.error().kind, peer.never_up.error().message);
      return;
    }
    if (peer.never_up->empty()) return;
    auto sentence = fmt::format("{} of {} was never seen up from this host, so it may be misspelt",
                                fmt::join(*peer.never_up, ", "), peer.name);
    if (settings_.attended) return warn(std::move(sentence));
    object("isolation", ErrorKind::refused,
           fmt::format("{}; while it serves type: fo-probe --watch --until up {}; or add --assume-was-up", sentence,
                       fmt::join(*peer.never_up, " ")));
  }

  /// Property fence-first: without a way to make sure, nothing is begun.
  void fencers(const PeerFacts& peer) {
    if (peer.fencers.empty()) {
      object("fence-first", ErrorKind::refused,
             fmt::format("{0} has no fencer, so it may still serve; add --fence "
                         "{0}=FENCER",
                         peer.name));
      return;
    }
    std::vector<std::string> reasons;
    bool usable = false;
    for (const auto& fencer : peer.fencers) {
      const bool will_be_asked = settings_.attended && fencer.kind == FenceKind::person;
      usable = usable || fencer.status || will_be_asked;
      if (!fencer.status) reasons.push_back(fencer.status.error().message);
    }
    if (!usable) {
      object("fence-first", ErrorKind::refused,
             fmt::format("no fencer of {} can be used: {}", peer.name, fmt::join(reasons, "; ")));
    } else if (!reasons.empty() && peer.fencers.size() > reasons.size()) {
      warn(fmt::format("a fencer of {} cannot be used: {}", peer.name, fmt::join(reasons, "; ")));
    }
  }

  void view(const ViewFacts& facts) {
    if (!facts.current) {
      object("dns", facts.current.error().kind, facts.current.error().message);
      return;
    }
    if (facts.to.empty()) {
      object("dns", ErrorKind::config,
             fmt::format("{}: no new address is known; add --to or an address to [node.{}]", facts.description,
                         settings_.node));
      return;
    }
    if (!facts.access) object("dns", facts.access.error().kind, facts.access.error().message);
    const auto mark = facts.current->mark.value_or(EpochMark{});
    switch (dns_case(*facts.current, facts.from, facts.to, epoch_, settings_.node, facts.mark_comes_first())) {
      case DnsCase::superseded:
        object("superseded", ErrorKind::refused,
               fmt::format("superseded: {} carries epoch {} of {}", facts.description, mark.epoch, mark.node));
        break;
      case DnsCase::foreign:
        object("dns", ErrorKind::refused,
               fmt::format("{} gives {}, which belongs to no node that could be fenced; a person must decide",
                           facts.description, described_endpoints(*facts.current)));
        break;
      case DnsCase::done:
      case DnsCase::update:
        break;
    }
  }

  const PromotionSettings& settings_;
  const PromotionFacts& facts_;
  std::uint64_t epoch_;
  bool goes_on_;
  RuleFindings findings_;
};

}  // namespace

RuleFindings apply_promotion_rules(const PromotionSettings& settings, const PromotionFacts& facts, std::uint64_t epoch,
                                   bool goes_on) {
  return Rules(settings, facts, epoch, goes_on).apply();
}

std::string listed_addresses(const std::vector<std::string>& addresses) {
  return addresses.empty() ? "no address" : fmt::format("{}", fmt::join(addresses, ", "));
}

}  // namespace failover
