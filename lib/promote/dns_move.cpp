#include "promote/dns_move.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "core/clock.hpp"
#include "promote/dns_case.hpp"
#include "promote/dns_swap.hpp"
#include "promote/kept_notes.hpp"
#include "promote/objections.hpp"
#include "promote/view_outcome.hpp"
#include "promote/work.hpp"
#include "state/promotion_journal.hpp"

namespace failover {

namespace {

std::unexpected<Error> superseded(const DnsView& view, const ServiceRecord& current) {
  const auto winner = current.mark.value_or(EpochMark{});
  return fail(ErrorKind::conflict, fmt::format("superseded: {} carries epoch {} of {}", view.updater->describe(),
                                               winner.epoch, winner.node));
}

std::unexpected<Error> foreign(const DnsView& view, const ServiceRecord& current) {
  return fail(ErrorKind::unfinished,
              fmt::format("{} gives {}, neither the old nor the new address; a person must decide",
                          view.updater->describe(), described_endpoints(current)));
}

/// Who has won, for the report.
std::string marked_node(DnsView& view, const Context& context) {
  const auto current = view.updater->current(context);
  return current ? current->mark.value_or(EpochMark{0, "unknown", {}}).node : "unknown";
}

/// The case table as a decision.
SwapDecision by_case_table(const DnsView& view, const ViewFacts& facts, const EpochMark& mark) {
  return [&](const ServiceRecord& current) -> Result<std::optional<ServiceRecord>> {
    switch (dns_case(current, facts.from, facts.to, mark.epoch, mark.node, facts.mark_comes_first())) {
      case DnsCase::superseded:
        return superseded(view, current);
      case DnsCase::foreign:
        return foreign(view, current);
      case DnsCase::done:
        return std::nullopt;
      case DnsCase::update:
        break;
    }
    const auto from = old_set_of(current, facts.from);
    auto wanted = from.empty() ? current : FO_TRY(moved(current, from, facts.to));
    wanted.ttl = facts.ttl;
    // The mark of an own epoch that is there already stays what it is, its time too.
    if (!current.mark || current.mark->epoch != mark.epoch) wanted.mark = mark;
    return wanted;
  };
}

/// How long caches may hold what was there before; 0 = nothing, or not known.
std::chrono::seconds cached_for(const ServiceRecord& before, const ServiceRecord& wanted) {
  const auto until = caches_expire(before, wanted, WallTime());
  return until ? std::chrono::duration_cast<std::chrono::seconds>(until->time_since_epoch()) : std::chrono::seconds(0);
}

/// The dns step of one run.
class ViewsStep {
 public:
  explicit ViewsStep(PromotionWork& work)
      : work_(work), mark_{work.epoch, work.settings.node, rfc3339(std::chrono::system_clock::now())} {}

  Result<void> swap(std::size_t i) {
    auto& view = work_.parts.views[i];
    const auto& facts = work_.plan.facts.views[i];
    ViewOutcome outcome;
    outcome.name = view.name;
    outcome.description = view.updater->describe();
    const auto before = [&](const ServiceRecord& was, const ServiceRecord& wanted) {
      return work_.journal.view(view.name, {"moving", cached_for(was, wanted), {}});
    };
    // The claim has written the mark since.
    const auto known = facts.current && !facts.claim_is_mark ? std::optional(*facts.current) : std::nullopt;
    // A view whose server hangs must leave time for the others, and for the proof of those that were moved.
    const auto left = static_cast<int>(work_.parts.views.size() - i) + 1;
    KeptNotes notes(work_.context.events);
    const auto share = [&] {
      auto context = work_.context.within(work_.context.deadline.remaining() / left);
      context.events = &notes;
      return context;
    };
    auto swapped = swap_view(view, known, by_case_table(view, facts, mark_), before, share());
    if (swapped) {
      FO_TRY(work_.journal.view(view.name, {swapped->now ? "moved" : "was moved", {}, {}}));
    } else {
      if (swapped.error().kind == ErrorKind::conflict) {
        kind_ = ErrorKind::conflict;
        work_.superseded_by = marked_node(view, work_.context);
      }
      FO_TRY(work_.journal.view(view.name, {swapped.error().message, {}, {}}));
      outcome.detail = swapped.error().message;
      outcome.state = look_at_state(view, facts.from, facts.to, share());
    }
    swapped_.push_back(std::move(swapped));
    work_.views.push_back(std::move(outcome));
    std::ranges::move(notes.take_warnings(), std::back_inserter(work_.warnings));
    std::ranges::move(notes.take_remarks(), std::back_inserter(remarks_));
    return {};
  }

  Result<void> prove(std::size_t i) {
    if (!swapped_[i]) return {};
    auto& view = work_.parts.views[i];
    auto& outcome = work_.views[i];
    const auto followed = await_followers(view, *swapped_[i], outcome, work_.context);
    if (!followed) return work_.journal.view(view.name, {followed.error().message, {}, {}});
    // An interrupted run may have moved it: then the journal knows what was there before.
    const auto cached = journaled(view.name).caches;
    if (!outcome.caches_expire && cached.count() > 0) outcome.caches_expire = std::chrono::system_clock::now() + cached;
    const auto until = outcome.caches_expire ? rfc3339(*outcome.caches_expire) : std::string();
    return work_.journal.view(view.name, {"verified", {}, until});
  }

  Result<void> conclude() {
    std::vector<std::string> done;
    bool open = false;
    for (const auto& view : work_.views) {
      open = open || view.state != ViewState::new_endpoints || !view.detail.empty();
      done.push_back(fmt::format("{} {}", view.description, view.moved_now ? "moved" : "was moved already"));
    }
    if (open) return fail(kind_, who_sees_what(work_.views));
    std::ranges::move(remarks_, std::back_inserter(done));
    work_.detail = fmt::format("{}", fmt::join(done, "; "));
    return {};
  }

 private:
  [[nodiscard]] PromotionViewRecord journaled(const std::string& name) const {
    const auto& last = work_.journal.history().last;
    if (!last || !last->views.contains(name)) return {};
    return last->views.at(name);
  }

  PromotionWork& work_;
  EpochMark mark_;
  std::vector<Result<Swapped>> swapped_;
  std::vector<std::string> remarks_;
  ErrorKind kind_ = ErrorKind::unfinished;
};

/// A view that is where it shall be, or still where it was; anything else a person must look at.
SwapDecision by_move(const DnsView& view, const ViewMove& move) {
  return [&](const ServiceRecord& current) -> Result<std::optional<ServiceRecord>> {
    const bool there = is_at(current, move.to) && (current.targets.empty() || !is_at(current, move.from));
    const auto& mark = move.mark;
    const bool marked =
        !mark || (current.mark && current.mark->epoch == mark->epoch && current.mark->node == mark->node);
    if (there && marked) return std::nullopt;
    if (mark && !marked && current.mark && current.mark->epoch >= mark->epoch) return superseded(view, current);
    if (!there && !is_at(current, move.from)) {
      return fail(ErrorKind::refused,
                  fmt::format("{} gives {}, no longer {}; nothing was changed", view.updater->describe(),
                              described_endpoints(current), listed_addresses(move.from)));
    }
    auto wanted = there ? current : FO_TRY(while_doing(view.updater->describe(), moved(current, move.from, move.to)));
    wanted.ttl = move.ttl.value_or(current.ttl);
    if (!marked) wanted.mark = mark;
    return wanted;
  };
}

}  // namespace

Result<void> move_all_views(PromotionWork& work) {
  // A mark that somebody took away would be written anew, and the arbiter's record with it be gone.
  if (work.parts.arbiter.claims_in_dns()) FO_TRY(work.parts.arbiter.still_ours(work.context));
  ViewsStep step(work);
  // All of them are changed before the first is waited for: callers of one must not wait for another's secondaries.
  for (std::size_t i = 0; i < work.parts.views.size(); ++i) FO_TRY(step.swap(i));
  for (std::size_t i = 0; i < work.parts.views.size(); ++i) FO_TRY(step.prove(i));
  return step.conclude();
}

std::string last_caches_expire(const PromotionWork& work) {
  std::string last;
  const auto& record = work.journal.history().last;
  if (!record) return last;
  // RFC 3339 in UTC, so the later time is the larger text.
  for (const auto& [name, view] : record->views) last = std::max(last, view.caches_until);
  return last;
}

std::string described_endpoints(const ServiceRecord& record) {
  auto listed = listed_addresses(endpoints_of(record));
  if (record.targets.empty()) return listed;
  return fmt::format(
      "{} (it {}: that is moved from one host name to another, from=HOST&to=HOST, or name the host as the "
      "service)",
      listed, record.targets.front().srv ? "has SRV records" : "is an alias (CNAME)");
}

ViewsMoved move_views(std::vector<DnsView>& views, const std::vector<ViewMove>& moves, const Context& context) {
  ViewsMoved result;
  std::vector<Result<Swapped>> swapped;
  const auto failed = [&](const Error& error) {
    if (!result.failure) result.failure = error;
  };
  for (std::size_t i = 0; i < views.size(); ++i) {
    // Servers that cannot be found now are looked for again when they are asked.
    [[maybe_unused]] const auto servers = views[i].verifier->find(context);
    ViewOutcome outcome;
    outcome.name = views[i].name;
    outcome.description = views[i].updater->describe();
    swapped.push_back(swap_view(views[i], std::nullopt, by_move(views[i], moves[i]), {}, context));
    if (const auto& done = swapped.back(); !done) {
      outcome.detail = done.error().message;
      outcome.state = look_at_state(views[i], {moves[i].from}, moves[i].to, context);
      failed(done.error());
    }
    result.views.push_back(std::move(outcome));
  }
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (!swapped[i]) continue;
    const auto followed = await_followers(views[i], *swapped[i], result.views[i], context);
    if (!followed) failed(followed.error());
  }
  return result;
}

}  // namespace failover
