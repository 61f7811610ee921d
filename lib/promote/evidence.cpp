#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "core/clock.hpp"
#include "failover/promoter.hpp"
#include "promote/objections.hpp"

namespace failover {

namespace {

class Page {
 public:
  explicit Page(const PromotionFacts& facts) noexcept : facts_(facts) {}
  void line(std::string text) { lines_.push_back(std::move(text)); }
  std::vector<std::string> take() { return std::move(lines_); }

  void observation(const Observation& seen) {
    const auto found = facts_.since.find(seen.target.text);
    const auto since = found == facts_.since.end() ? std::nullopt : std::optional(found->second);
    line(fmt::format("    {:7} {}  {}; {}", to_string(seen.health), seen.target.text,
                     seen.health ? seen.detail : seen.health.error().message, since_text(since)));
  }

  void peer(const PeerFacts& facts) {
    line(fmt::format("  {} ({}): {}", facts.name, listed_addresses(facts.addresses), facts.verdict.reason));
    for (const auto& seen : facts.observations) observation(seen);
    for (const auto& fencer : facts.fencers) {
      const auto state = !fencer.status                      ? fencer.status.error().message
                         : *fencer.status == FenceState::off ? std::string("says off")
                                                             : std::string("says on");
      line(fmt::format("    fence   {}: {}", fencer.description, state));
    }
  }

  void observers(const ObserverFacts& store) {
    line(fmt::format("  others, by {}: {} ({})", store.store, to_string(store.verdict.health), store.verdict.reason));
    if (!store.seen) return;
    for (const auto& one : *store.seen) {
      line(fmt::format("    {:7} {} ({}), {}{}; {}", to_string(one.health), one.node, to_string(one.role),
                       one.age ? human_duration(*one.age) + " ago" : "nobody knows when",
                       one.reason.empty() ? "" : ": " + one.reason, since_text(one.since(facts_.now))));
    }
  }

  void backup(const PromotionFacts& facts) {
    if (!facts.backup) {
      line("  unknown: " + facts.backup.error().message);
    } else if (const auto& known = *facts.backup; !known) {
      line("  nothing was ever restored on this host");
    } else {
      const auto& backup = *known;
      line(fmt::format("  {} of {}, restored {}", backup.name, rfc3339(backup.time), rfc3339(backup.restored)));
      if (!backup.pbx.empty() || !backup.version.empty() || backup.extensions) {
        line(fmt::format("  of {} {}{}", backup.pbx.empty() ? "a PBX" : backup.pbx, backup.version,
                         backup.extensions ? fmt::format(", {} extensions", *backup.extensions) : ""));
      }
      line(fmt::format("  everything since then is lost: {}", human_duration(facts.now - backup.time)));
    }
  }

  void view(const ViewFacts& facts) {
    if (!facts.current) {
      line(fmt::format("  {}: {}", facts.description, facts.current.error().message));
      return;
    }
    const auto& now = *facts.current;
    line(fmt::format("  {}: {} (TTL {} s) -> {} (TTL {} s)", facts.description, listed_addresses(endpoints_of(now)),
                     now.ttl.count(), listed_addresses(facts.to), facts.ttl.count()));
    line(now.mark ? fmt::format("    epoch {} of {} since {}", now.mark->epoch, now.mark->node, now.mark->time)
                  : std::string("    no epoch yet"));
    if (facts.servers && !facts.servers->empty()) {
      line(fmt::format("    authoritative servers: {}", fmt::join(*facts.servers, ", ")));
    }
    if (facts.swap == Swap::checked) {
      line("    no compare-and-swap there: a second host that changes it in the same moment is noticed, not prevented");
    }
    line(fmt::format("    callers may keep the old address for {} s after the change", now.ttl.count()));
  }

 private:
  [[nodiscard]] std::string since_text(const std::optional<WallTime>& since) const {
    if (!since) return "since when is not known";
    return fmt::format("since {}, for {}", rfc3339(*since), human_duration(std::max(facts_.now - *since, {})));
  }

  const PromotionFacts& facts_;
  std::vector<std::string> lines_;
};

/// Callers come back when their caches let go of what DNS gives now, counted from its change.
std::string back_again(const PromotionPlan& plan) {
  std::chrono::seconds longest{0};
  for (const auto& view : plan.facts.views) {
    if (!view.current) return "When callers are back: not known, a view cannot be read.";
    longest = std::max(longest, view.current->ttl);
  }
  return fmt::format(
      "When callers are back: all of them {} after the change of DNS, which comes when the service "
      "answers here; who asks anew, at once.",
      human_duration(longest));
}

}  // namespace

std::vector<std::string> promotion_evidence(const PromotionSettings& settings, const PromotionPlan& plan) {
  const auto& facts = plan.facts;
  Page page(facts);
  page.line(fmt::format("Promotion of {} as {} to epoch {}", settings.node, settings.service, plan.epoch));
  page.line(fmt::format("Role of this host: {}", facts.role));
  if (facts.earlier && !facts.earlier->ended) {
    page.line(fmt::format("An earlier run (epoch {}) stopped in step {}", facts.earlier->epoch,
                          to_string(facts.earlier->step)));
  }
  page.line("The other nodes:");
  for (const auto& peer : facts.peers) page.peer(peer);
  for (const auto& store : facts.observers) page.observers(store);
  page.line("Is it us? References:");
  if (facts.references.empty()) page.line("    none given");
  for (const auto& seen : facts.references) page.observation(seen);
  page.line("What this host would serve:");
  page.backup(facts);
  page.line("DNS:");
  for (const auto& view : facts.views) page.view(view);
  page.line("Steps:");
  for (const auto& step : plan.steps) page.line(fmt::format("  {:14} {}", to_string(step.step), step.what));
  page.line(back_again(plan));
  page.line("What cannot be undone: switching the other nodes off, and everything after the commit.");
  for (const auto& warning : plan.warnings) page.line("Warning: " + warning);
  for (const auto& each : plan.objections) page.line(fmt::format("No ({}): {}", each.rule, each.reason));
  return page.take();
}

}  // namespace failover
