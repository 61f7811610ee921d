#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "failover/promoter.hpp"
#include "promote/dns_case.hpp"
#include "promote/objections.hpp"
#include "promote/observation.hpp"
#include "promote/state_table.hpp"

namespace failover {

namespace {

/// Property epoch: larger than everything that anybody remembers.
std::uint64_t next_epoch(const PromotionFacts& facts) {
  auto known = std::max(facts.journal_epoch, facts.role_epoch);
  if (facts.arbiter) known = std::max(known, facts.arbiter->epoch);
  for (const auto& view : facts.views) {
    if (view.current) known = std::max(known, view.current->mark.value_or(EpochMark{}).epoch);
  }
  return known == std::numeric_limits<std::uint64_t>::max() ? known : known + 1;
}

/// This host has been promoted, and every view says so.
bool already_active(const PromotionSettings& settings, const PromotionFacts& facts) {
  const auto& earlier = facts.earlier;
  if (!earlier || earlier->outcome != "done" || facts.role != "active" || facts.views.empty()) return false;
  if (earlier->service != settings.service) return false;
  // A claim that was given back leaves its epoch in the mark; who is active, the record behind it says.
  const bool recorded = facts.arbiter && facts.arbiter->active == settings.node && !facts.arbiter->promoting;
  return std::ranges::all_of(facts.views, [&](const ViewFacts& view) {
    if (!view.current) return false;
    if (view.claim_is_mark && recorded && is_at(*view.current, view.to)) return true;
    return dns_case(*view.current, view.from, view.to, earlier->epoch, settings.node, view.mark_comes_first()) ==
           DnsCase::done;
  });
}

/// Where an interrupted promotion goes on: behind the last step that was completed.
PromotionStep open_step(const EarlierPromotion& earlier) {
  auto step = PromotionStep::pre_hook;
  while (step != PromotionStep::done && earlier.left_step(step)) step = promotion_row(step).next;
  // The post-hook is where the role is written; there is nothing behind it that could be open.
  return step == PromotionStep::done ? PromotionStep::post_hook : step;
}

class StepWriter {
 public:
  StepWriter(const PromotionSettings& settings, const PromotionPlan& plan) noexcept
      : settings_(settings), plan_(plan) {}

  [[nodiscard]] std::string what(PromotionStep step) const {
    switch (step) {
      case PromotionStep::claim:
        return fmt::format("claim epoch {} for {}", plan_.epoch, settings_.node);
      case PromotionStep::fence:
        return fence();
      case PromotionStep::pre_hook:
        return hook(settings_.pre_hook);
      case PromotionStep::start:
        return hook(settings_.start_hook);
      case PromotionStep::post_hook:
        return hook(settings_.post_hook) + "; role: active";
      case PromotionStep::self_probe:
        return self_probe();
      case PromotionStep::dns:
        return dns();
      default:
        return std::string(promotion_row(step).comment);
    }
  }

 private:
  static std::string hook(const std::optional<std::filesystem::path>& file) {
    return file ? "run " + file->string() : "nothing to run";
  }

  [[nodiscard]] std::string fence() const {
    std::vector<std::string> parts;
    for (const auto& peer : plan_.facts.peers) {
      std::vector<std::string> chain;
      chain.reserve(peer.fencers.size());
      for (const auto& fencer : peer.fencers) chain.push_back(fencer.description);
      parts.push_back(fmt::format("{} by {}", peer.name, fmt::join(chain, ", else ")));
    }
    return fmt::format("switch off {}; each must be confirmed off and silent", fmt::join(parts, " and "));
  }

  [[nodiscard]] std::string self_probe() const {
    std::vector<std::string> targets;
    targets.reserve(settings_.self_probes.size());
    for (const auto& target : settings_.self_probes) targets.push_back(target.text);
    return targets.empty() ? "no self-probe" : fmt::format("wait until {} answers", fmt::join(targets, " and "));
  }

  [[nodiscard]] std::string dns() const {
    std::vector<std::string> parts;
    for (const auto& view : plan_.facts.views) {
      const auto now = view.current ? listed_addresses(endpoints_of(*view.current)) : std::string("unknown");
      parts.push_back(fmt::format("{}: {} -> {}, TTL {} s, {}{}", view.description, now, listed_addresses(view.to),
                                  view.ttl.count(),
                                  view.swap == Swap::checked ? "checked before and after" : "compare-and-swap",
                                  view.mark_is_apart ? ", in two updates, not one: first the epoch mark, which lives "
                                                       "apart, then the address"
                                                     : ""));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
  }

  const PromotionSettings& settings_;
  const PromotionPlan& plan_;
};

void write_steps(const PromotionSettings& settings, PromotionPlan& plan) {
  const StepWriter writer(settings, plan);
  for (const auto& row : promotion_table) {
    // Going on begins by making sure once more that the others are off.
    const bool again = plan.decision == PromotionDecision::go_on && row.step == PromotionStep::fence;
    if (row.step < plan.first && !again) continue;
    plan.steps.push_back({row.step, writer.what(row.step)});
    if (settings.until == row.step) break;
  }
}

}  // namespace

PromotionPlan plan_promotion(const PromotionSettings& settings, PromotionFacts facts) {
  PromotionPlan plan;
  plan.facts = std::move(facts);
  const auto& earlier = plan.facts.earlier;
  const bool open = earlier && !earlier->ended;
  const bool goes_on = open && earlier->service == settings.service && earlier->committed();
  const bool active = !open && already_active(settings, plan.facts);
  plan.epoch = earlier && (goes_on || active) ? earlier->epoch : next_epoch(plan.facts);
  if (active) {
    if (all_up(plan.facts.self_probes)) {
      plan.decision = PromotionDecision::nothing_to_do;
    } else {
      plan.objections.push_back({"again", ErrorKind::refused,
                                 fmt::format("this host is already active since epoch {}, but its own service does not "
                                             "answer: start it here",
                                             plan.epoch)});
    }
    return plan;
  }
  auto findings = apply_promotion_rules(settings, plan.facts, plan.epoch, goes_on);
  plan.objections = std::move(findings.objections);
  plan.warnings = std::move(findings.warnings);
  plan.first = earlier && goes_on ? open_step(*earlier) : PromotionStep::check;
  plan.decision = goes_on ? PromotionDecision::go_on : PromotionDecision::go;
  write_steps(settings, plan);
  if (!plan.objections.empty()) plan.decision = PromotionDecision::stop;
  return plan;
}

}  // namespace failover
