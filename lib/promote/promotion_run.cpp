#include "promote/promotion_run.hpp"

#include <algorithm>
#include <chrono>
#include <expected>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "promote/dns_move.hpp"
#include "promote/fencing.hpp"
#include "promote/gather.hpp"
#include "promote/notices.hpp"
#include "promote/observation.hpp"
#include "promote/observers.hpp"
#include "promote/quiet_rules.hpp"
#include "promote/serving.hpp"
#include "promote/state_table.hpp"
#include "promote/switchover.hpp"
#include "promote/work.hpp"
#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

/// How often a run takes a new claim for one that was lost; whoever loses more has a host or an arbiter that stands
/// still.
constexpr unsigned most_claims = 4;

/// Property fence-first: whoever may be serving must be one that we can prove off.
Result<void> check_known(const std::vector<std::string>& others, const std::vector<PromotionPeer>& peers) {
  for (const auto& node : others) {
    if (std::ranges::find(peers, node, &PromotionPeer::name) != peers.end()) continue;
    return fail(ErrorKind::refused,
                fmt::format("the arbiter says that {0} may be serving, but this host does not know it: add a section "
                            "[node.{0}] with its fencer",
                            node));
  }
  return {};
}

/// What the plan's objections say together. A wrong configuration comes first, for nothing was tried with it; then a
/// safety rule outweighs a fact that could not be had.
Error objection_error(const PromotionPlan& plan) {
  std::vector<std::string> reasons;
  auto kind = plan.objections.front().kind;
  for (const auto& each : plan.objections) {
    reasons.push_back(each.reason);
    if (each.kind == ErrorKind::refused && kind != ErrorKind::config) kind = ErrorKind::refused;
    if (each.kind == ErrorKind::config) kind = ErrorKind::config;
  }
  return Error{kind, fmt::format("{}", fmt::join(reasons, "; "))};
}

/// Who serves as far as the probes tell, before this run has changed anything.
std::string serving_before(const PromotionFacts& facts, const std::string& node) {
  if (facts.earlier && !facts.earlier->ended && facts.earlier->committed() && !facts.self_probes.empty() &&
      all_up(facts.self_probes))
    return node;
  std::string answer = "none";
  for (const auto& peer : facts.peers) {
    if (!peer.verdict.health) answer = "unknown";
    if (peer.verdict.health && *peer.verdict.health == Health::up) return peer.name;
  }
  return facts.peers.empty() ? "unknown" : answer;
}

}  // namespace

PromotionRun::PromotionRun(const PromotionSettings& settings, PromotionParts& parts, const StateDir& state,
                           PromotionJournal& journal, Notices& notices, const Context& context)
    : settings_(settings),
      parts_(parts),
      state_(state),
      journal_(journal),
      notices_(notices),
      context_(context),
      work_{settings, parts, state, journal, plan_, context, 0, {}, false, {}, {}, {}, {}} {}

PromotionReport PromotionRun::run(const PromotionApproval& approve) {
  report_.serving = "unknown";
  auto result = attempt(approve);
  while (!result && starts_again(result.error())) result = attempt({});
  report_.epoch = work_.epoch != 0 ? work_.epoch : plan_.epoch;
  std::ranges::move(work_.warnings, std::back_inserter(report_.warnings));
  report_.views = work_.views;
  if (!result) {
    conclude(result.error());
  } else if (!stopped_) {
    report_.serving = settings_.node;
  }
  return std::move(report_);
}

Result<void> PromotionRun::attempt(const PromotionApproval& approve) {
  FO_TRY(prepare(approve));
  if (plan_.decision != PromotionDecision::nothing_to_do) return follow_table();
  report_.message =
      fmt::format("nothing to do: {} is active as {} since epoch {}", settings_.node, settings_.service, plan_.epoch);
  return {};
}

bool PromotionRun::starts_again(const Error& error) {
  const bool before_commit = report_.step > PromotionStep::claim && report_.step <= PromotionStep::commit;
  // Behind the commit the record says who is active; before it only the claim did, and it is gone.
  // The old host of a switchover is given back instead: it was told to stop, and would not be seen up again.
  if (settings_.switchover || !claimed_ || error.kind != ErrorKind::conflict || !before_commit) return false;
  if (++claims_lost_ == most_claims || !context_.check()) return false;
  claimed_ = false;
  const auto sentence = fmt::format("{}; it starts again with observing and a new epoch", error.message);
  context_.note(Level::warning, sentence);
  work_.warnings.push_back(sentence);
  return true;
}

Result<void> PromotionRun::prepare(const PromotionApproval& approve) {
  role_before_ = FO_TRY(read_role(state_));
  const auto earlier = earlier_promotion(journal_.history());
  open_before_ = earlier && !earlier->ended;
  // A run that continues one which has sent a fence command never ends as if nothing had been touched.
  fence_begun_ =
      open_before_ && (!earlier->fence_tried.empty() || promotion_row(earlier->step).way_on != WayOn::start_over);
  if (open_before_) role_before_ = journal_.history().last.value_or(PromotionRecord{}).role_before;
  if (open_before_) report_.step = earlier->step;
  const auto started = std::chrono::system_clock::now();
  const auto clock = Deadline::Clock::now();
  plan_ = plan_promotion(settings_, gather_promotion_facts(settings_, parts_, state_, journal_.history(),
                                                           FO_TRY(read_role(state_)), context_));
  report_.timeline.push_back({PromotionStep::observe, started, Deadline::Clock::now() - clock,
                              fmt::format("other nodes observed: {}", plan_.facts.peers.size())});
  report_.serving = serving_before(plan_.facts, settings_.node);
  if (!open_before_) report_.step = PromotionStep::observe;
  // Cut short by a signal or the deadline, the facts are incomplete: that is the reason, not what they lack.
  FO_TRY(context_.check());
  if (plan_.decision == PromotionDecision::nothing_to_do) return {};
  if (plan_.decision == PromotionDecision::stop) {
    if (approve) std::ignore = approve(plan_, parts_);  // it is shown; the answer does not matter
    superseded_ = std::ranges::any_of(plan_.objections, [](const auto& each) { return each.rule == "superseded"; });
    return std::unexpected(objection_error(plan_));
  }
  report_.warnings = plan_.warnings;
  work_.epoch = plan_.epoch;
  work_.goes_on = plan_.decision == PromotionDecision::go_on;
  return approve ? approve(plan_, parts_) : Result<void>{};
}

Result<void> PromotionRun::follow_table() {
  if (settings_.until && *settings_.until < PromotionStep::claim) {
    stopped_ = true;
    report_.message = fmt::format("stopped after {} as asked; nothing was touched", to_string(*settings_.until));
    return {};
  }
  auto step = PromotionStep::claim;
  if (work_.goes_on) {
    FO_TRY(take_up());
    step = plan_.first;
  }
  left_.reset();
  while (step != PromotionStep::done) {
    FO_TRY(take(step));
    left_ = step;
    if (settings_.until == step && promotion_row(step).next != PromotionStep::done) {
      FO_TRY(write_left());
      const auto sentence = fmt::format("stopped after {} as asked", to_string(step));
      if (fence_begun_) return fail(ErrorKind::unfinished, sentence);
      withdraw();
      stopped_ = true;
      report_.message = sentence + "; nothing was touched";
      return {};
    }
    step = promotion_row(step).next;
  }
  return finish();
}

Result<void> PromotionRun::take_up() {
  const auto taken = parts_.arbiter.take_up(settings_.node, work_.epoch, context_);
  if (!taken) {
    superseded_ = taken.error().kind == ErrorKind::conflict;
    return taken;
  }
  if (plan_.facts.earlier) work_.others = plan_.facts.earlier->fence_tried;
  // The world may have changed since the crash: nobody may have switched a node on again.
  return confirm_fences_again();
}

Result<void> PromotionRun::confirm_fences_again() {
  // Behind the dns step nothing is started or moved any more.
  if (plan_.first > PromotionStep::dns) return {};
  report_.step = PromotionStep::fence;
  return timed(PromotionStep::fence, [this] { return fence_all_peers(work_); });
}

Result<void> PromotionRun::timed(PromotionStep step, const std::function<Result<void>()>& deed) {
  const auto started = std::chrono::system_clock::now();
  const auto clock = Deadline::Clock::now();
  work_.detail.clear();
  auto result = deed();
  report_.timeline.push_back(
      {step, started, Deadline::Clock::now() - clock, result ? work_.detail : result.error().message});
  return result;
}

Result<void> PromotionRun::write_left() {
  const auto left = std::exchange(left_, std::nullopt);
  return left ? journal_.leave(to_string(*left)) : Result<void>{};
}

Result<void> PromotionRun::take(PromotionStep step) {
  if (const auto goes_on = context_.check(); !goes_on) {
    note_failure(write_left());
    return goes_on;
  }
  report_.step = step;
  const auto left = std::exchange(left_, std::nullopt);
  // The claim opens the journal itself: before it there is nothing to write to.
  if (step != PromotionStep::claim) FO_TRY(journal_.enter(to_string(step), left ? to_string(*left) : ""));
  if (step == PromotionStep::fence) {
    fence_begun_ = true;
    tell_begin();
  }
  context_.note(Level::info, fmt::format("{}: {}", to_string(step), promotion_row(step).comment));
  const auto result = timed(step, [this, step] { return perform(step); });
  if (!result) {
    const bool late = step == PromotionStep::start || step == PromotionStep::dns;
    superseded_ = late && result.error().kind == ErrorKind::conflict;
    return result;
  }
  if (step == PromotionStep::self_probe) serving_ = true;
  return {};
}

void PromotionRun::tell_begin() {
  const auto message = fmt::format("{} takes over; the other nodes are switched off now", settings_.node);
  notices_.post({PromotionEvent::begun, settings_.service, settings_.node, work_.epoch, report_.step, report_.serving,
                 message, "", report_.warnings, std::chrono::system_clock::now()});
}

Result<void> PromotionRun::perform(PromotionStep step) {
  switch (step) {
    case PromotionStep::check:
    case PromotionStep::observe:
    case PromotionStep::done:
      return {};
    case PromotionStep::claim:
      return claim();
    case PromotionStep::observe_again:
      return observe_again();
    case PromotionStep::fence:
      return fence_all_peers(work_);
    case PromotionStep::commit:
      return commit();
    case PromotionStep::pre_hook:
      return run_pre_hook(work_);
    case PromotionStep::start:
      return start_service(work_);
    case PromotionStep::self_probe:
      return await_self_probes(work_);
    case PromotionStep::dns:
      return move_all_views(work_);
    case PromotionStep::post_hook:
      return run_post_hook(work_);
  }
  return fail(ErrorKind::internal, "a step without a deed");
}

Result<void> PromotionRun::claim() {
  ClaimRequest request{settings_.node, plan_.epoch - 1, {}};
  for (const auto& peer : parts_.peers) request.peers.push_back(peer.name);
  auto claim = FO_TRY(parts_.arbiter.claim(request, context_));
  work_.epoch = claim.epoch;
  work_.others = std::move(claim.others);
  claimed_ = true;
  FO_TRY(check_known(work_.others, parts_.peers));
  if (work_.epoch < plan_.epoch) {
    return fail(ErrorKind::refused,
                fmt::format("the arbiter gave epoch {}, but {} is taken: was it wiped?", work_.epoch, plan_.epoch - 1));
  }
  // What the interrupted run may have switched off stays known to abort.
  const auto& last = journal_.history().last;
  const auto touched = fence_begun_ && last ? last->fence_tried : std::vector<std::string>{};
  FO_TRY(journal_.begin(settings_.service, settings_.node, work_.epoch, role_before_, touched, !settings_.attended));
  const auto epoch_before = role_before_ ? role_before_->epoch : 0;
  FO_TRY(write_role(state_, {Role::promoting, epoch_before, settings_.node, std::chrono::system_clock::now()}));
  work_.detail = fmt::format("epoch {}", work_.epoch);
  return {};
}

Result<void> PromotionRun::observe_again() {
  FO_TRY(parts_.arbiter.still_ours(context_));
  // An admin who pauses now expects that nothing is switched off any more.
  FO_TRY(check_not_paused(settings_, state_));
  const auto seen = observe_peers(parts_.peers, parts_.observer, 1, Duration::zero(), context_);
  FO_TRY(context_.check());
  for (const auto& peer : seen) {
    if (peer.verdict.health && *peer.verdict.health == Health::down && !is_switched_from(work_, peer.name)) continue;
    if (peer.verdict.health && *peer.verdict.health == Health::up && is_switched_from(work_, peer.name)) continue;
    report_.serving = peer.verdict.health ? peer.name : "unknown";
    return fail(ErrorKind::refused,
                fmt::format("{} is {} now: {}", peer.name, to_string(peer.verdict.health), peer.verdict.reason));
  }
  const auto others = apply_observer_rule(settings_, ask_observers(settings_, parts_, seen, context_));
  if (!others.objections.empty()) {
    report_.serving = "unknown";
    return fail(ErrorKind::refused, others.objections.front().reason);
  }
  work_.detail = settings_.switchover ? "as before" : "still down";
  return {};
}

Result<void> PromotionRun::commit() {
  work_.detail = "this host is the one that may serve";
  return parts_.arbiter.commit(context_);
}

}  // namespace failover
