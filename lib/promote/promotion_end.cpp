#include <algorithm>
#include <chrono>
#include <string>

#include <fmt/format.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "promote/dns_move.hpp"
#include "promote/promotion_run.hpp"
#include "promote/switchover.hpp"
#include "promote/work.hpp"
#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"

/// How a run ends: done, withdrawn, superseded or unfinished, and what it then says.
namespace failover {

namespace {

// The least keeps to the deadline + 0.1 s (property bounded).
constexpr Duration withdrawal_least = std::chrono::milliseconds(50);
constexpr Duration withdrawal_most = std::chrono::seconds(3);

}  // namespace

Result<void> PromotionRun::finish() {
  report_.step = PromotionStep::done;
  FO_TRY(write_role(state_, {Role::active, work_.epoch, settings_.node, std::chrono::system_clock::now()}));
  FO_TRY(journal_.end("done"));
  report_.event = PromotionEvent::done;
  note_failure(parts_.arbiter.release(context_));
  report_.message = fmt::format("{} is active as {} with epoch {}", settings_.node, settings_.service, work_.epoch);
  if (const auto until = last_caches_expire(work_); !until.empty()) {
    report_.message += "; the last caches of the old address expire at " + until;
  }
  return {};
}

void PromotionRun::withdraw() {
  // The deadline or a signal may be the very reason: giving back is short and must be done all the same.
  const auto patience = std::clamp<Duration>(context_.deadline.remaining(), withdrawal_least, withdrawal_most);
  const Context own{Deadline::after(patience), {}, context_.events};
  const auto& earlier = plan_.facts.earlier;
  const auto epoch = claimed_ || !earlier ? work_.epoch : earlier->epoch;
  note_failure(parts_.arbiter.withdraw(settings_.node, epoch, own));
  report_.event = PromotionEvent::withdrawn;
  const auto& last = journal_.history().last;
  if (!last || !last->outcome.empty()) return;
  note_failure(journal_.end("withdrawn"));
  note_failure(write_role(state_, role_before_.value_or(standby())));
}

void PromotionRun::note_failure(const Result<void>& result) {
  if (!result) report_.warnings.push_back(result.error().message);
}

RoleRecord PromotionRun::standby() const {
  return {Role::standby, role_before_ ? role_before_->epoch : 0, settings_.node, std::chrono::system_clock::now()};
}

void PromotionRun::end_superseded() {
  note_failure(journal_.end("superseded"));
  const auto role = read_role(state_);
  // A fence by the winner stays; otherwise this host is a standby again, though a person must stop what runs here.
  const bool fenced = role && role->value_or(RoleRecord{}).role == Role::fenced;
  if (!fenced) note_failure(write_role(state_, standby()));
}

void PromotionRun::conclude(const Error& error) {
  report_.failure = error;
  if (!fence_begun_) {
    if (claimed_ || open_before_) withdraw();
    return;
  }
  report_.next = next_after();
  report_.event = superseded_ ? PromotionEvent::superseded : PromotionEvent::unfinished;
  if (settings_.switchover && !superseded_ && !open_before_ && report_.step <= PromotionStep::commit) {
    if (gave_back(error)) return;
  }
  if (superseded_) {
    if (!work_.superseded_by.empty()) report_.serving = work_.superseded_by;
    report_.next = "stop the services on this host, then: fo-promote status";
    end_superseded();
  } else if (plan_.decision != PromotionDecision::stop) {
    const bool confirmed = report_.step > PromotionStep::fence;
    report_.serving = serving_ ? settings_.node : confirmed ? "none" : "unknown";
  }
  report_.failure =
      Error{ErrorKind::unfinished, fmt::format("unfinished in step {}: {}; serving now: {}; next: {}",
                                               to_string(report_.step), error.message, report_.serving, report_.next)};
}

bool PromotionRun::gave_back(const Error& error) {
  // A signal or a lost lease may be the very reason; the deadline stays.
  const Context own{context_.deadline, {}, context_.events};
  const auto given = give_back_to_old(work_, role_before_.value_or(standby()), own);
  if (!given) {
    report_.warnings.push_back("the old host was not given back what it had: " + given.error().message);
    const auto& last = journal_.history().last;
    const bool withdrawn = last && !last->outcome.empty();
    const auto give_back = fmt::format("{} {}", settings_.give_back_command, switched_from(work_));
    report_.next = withdrawn ? give_back : fmt::format("{}, then: {}", settings_.abort_command, give_back);
    return false;
  }
  report_.event = PromotionEvent::withdrawn;
  report_.serving = *given;
  report_.next.clear();
  report_.failure = Error{ErrorKind::io, fmt::format("the switchover was undone in step {}, and {} serves again: {}",
                                                     to_string(report_.step), *given, error.message)};
  return true;
}

std::string PromotionRun::next_after() const {
  if (report_.step > PromotionStep::fence) return settings_.resume_command;
  std::string words;
  for (const auto& peer : parts_.peers) {
    words += fmt::format(" --fence {0}=operator --i-have-powered-off {0}@$(date -u +%FT%TZ)", peer.name);
  }
  auto next = fmt::format("{0} (or power the others off by hand and type: {0}{1})", settings_.resume_command, words);
  // Behind the commit there is no way back.
  if (!work_.goes_on) next += ", or: " + settings_.abort_command;
  return next;
}

}  // namespace failover
