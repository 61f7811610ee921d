#include "failover/promoter.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/file_lock.hpp"
#include "promote/gather.hpp"
#include "promote/notices.hpp"
#include "promote/promotion_run.hpp"
#include "promote/switchover.hpp"
#include "state/host_lock.hpp"
#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/running_hook.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

/// The host's lock and the journal: what every writer needs first.
struct Opened {
  StateDir state;
  FileLock lock;
  PromotionJournal journal;
};

/// What goes forward asks a running restore to stop; what looks back does not.
enum class RunningRestore { refuse, ask_to_stop };

Result<Opened> open_state(const std::filesystem::path& root, RunningRestore restore, const Context& context) {
  auto state = FO_TRY(StateDir::open(root));
  auto lock = FO_TRY(restore == RunningRestore::ask_to_stop ? lock_host_for_promotion(state, context)
                                                            : lock_host(state, LockPurpose::promotion));
  FO_TRY(end_hook_at_work(state, context));
  auto journal = FO_TRY(PromotionJournal::open(state));
  return Opened{std::move(state), std::move(lock), std::move(journal)};
}

PromotionReport failed(Error error) {
  PromotionReport report;
  report.serving = "unknown";
  report.failure = std::move(error);
  return report;
}

PromotionReport nothing_to_do(std::string message) {
  PromotionReport report;
  report.serving = "unknown";
  report.message = std::move(message);
  return report;
}

bool is_open(const PromotionJournal& journal) {
  const auto& last = journal.history().last;
  return last && last->outcome.empty();
}

Result<void> prepare(const PromotionSettings& settings, PromotionParts& parts, const Context& context) {
  return prepare_switchover(settings, parts, FO_TRY(StateDir::open(settings.state_dir)), context);
}

Result<void> withdraw_open(Opened& opened, const PromotionSettings& settings, Arbiter& arbiter,
                           const Context& context) {
  const auto last = opened.journal.history().last.value_or(PromotionRecord{});
  FO_TRY(arbiter.withdraw(last.node, last.epoch, context));
  const auto& before = last.role_before;
  FO_TRY(write_role(opened.state,
                    before.value_or(RoleRecord{Role::standby, 0, settings.node, std::chrono::system_clock::now()})));
  return opened.journal.end("withdrawn");
}

}  // namespace

PromotionPlan prepare_promotion(const PromotionSettings& settings, PromotionParts& parts, const Context& context) {
  const auto state = StateDir::at(settings.state_dir);
  const auto history = PromotionJournal::read(state);
  const auto role = read_role(state);
  auto facts = gather_promotion_facts(settings, parts, state, history.value_or(PromotionHistory{}),
                                      role.value_or(std::nullopt), context);
  auto plan = plan_promotion(settings, std::move(facts));
  const auto object = [&plan](const Error& error) {
    plan.objections.push_back({"again", error.kind, error.message});
    plan.decision = PromotionDecision::stop;
  };
  if (!history) object(history.error());
  if (!role) object(role.error());
  return plan;
}

namespace {

enum class Begin { anew_too, open_only };

PromotionReport run_locked(const PromotionSettings& settings, PromotionParts& parts, const PromotionApproval& approve,
                           Begin begin, Notices& notices, const Context& context) {
  auto opened = open_state(settings.state_dir, RunningRestore::ask_to_stop, context);
  if (!opened) return failed(opened.error());
  if (begin == Begin::open_only && !is_open(opened->journal)) {
    return nothing_to_do(
        "nothing to resume: no promotion of this host is unfinished; a new one begins with: fo-promote run");
  }
  if (settings.leave_attended &&
      !earlier_promotion(opened->journal.history()).value_or(EarlierPromotion{}).unattended) {
    return failed({ErrorKind::refused, fmt::format("a person has begun the promotion that was interrupted, so a person "
                                                   "goes on with it; type: {}",
                                                   settings.resume_command)});
  }
  return PromotionRun(settings, parts, opened->state, opened->journal, notices, context).run(approve);
}

void tell_end(PromotionReport& report, const PromotionSettings& settings, const std::string& node, Notices& notices,
              const Context& context) {
  if (report.event) {
    notices.post({*report.event, settings.service, node, report.epoch, report.step, report.serving,
                  report.failure ? report.failure->message : report.message, report.next, report.warnings,
                  std::chrono::system_clock::now()});
  }
  report.notices = notices.finish();
  for (const auto& notice : report.notices) {
    if (notice.failure) context.note(Level::warning, "a notification was not sent: " + notice.failure->message);
  }
}

/// The host's lock is let go of before the last ones are told: whoever types the next command need not wait for them.
PromotionReport run_and_tell(const PromotionSettings& settings, PromotionParts& parts, const PromotionApproval& approve,
                             Begin begin, const Context& context) {
  Notices notices(parts.notifiers, context.deadline);
  if (settings.switchover && begin == Begin::anew_too) {
    const auto prepared = prepare(settings, parts, context);
    if (!prepared) return failed(prepared.error());
  }
  auto limited = context;
  if (!parts.notifiers.empty()) limited.deadline = before_notices(context.deadline);
  auto report = run_locked(settings, parts, approve, begin, notices, limited);
  tell_end(report, settings, settings.node, notices, context);
  return report;
}

PromotionReport abort_locked(const PromotionSettings& settings, Arbiter& arbiter, const Context& context) {
  auto opened = open_state(settings.state_dir, RunningRestore::refuse, context);
  if (!opened) return failed(opened.error());
  if (!is_open(opened->journal)) return nothing_to_do("nothing to abort: no promotion of this host is unfinished");
  const auto earlier = earlier_promotion(opened->journal.history()).value_or(EarlierPromotion{});
  if (earlier.committed()) {
    return failed(
        {ErrorKind::refused, fmt::format("the promotion to epoch {} is past its point of no return (step {}); "
                                         "finish it: {}",
                                         earlier.epoch, to_string(earlier.step), settings.resume_command)});
  }
  const auto withdrawn = withdraw_open(*opened, settings, arbiter, context);
  if (!withdrawn) return failed(withdrawn.error());
  auto report = nothing_to_do(fmt::format("the promotion to epoch {} is withdrawn", earlier.epoch));
  report.event = PromotionEvent::withdrawn;
  report.step = earlier.step;
  report.epoch = earlier.epoch;
  if (!earlier.fence_tried.empty()) {
    report.warnings.push_back(fmt::format("it may have switched off {}; nothing serves until you start it again",
                                          fmt::join(earlier.fence_tried, ", ")));
  }
  return report;
}

}  // namespace

PromotionReport promote(const PromotionSettings& settings, PromotionParts& parts, const PromotionApproval& approve,
                        const Context& context) {
  return run_and_tell(settings, parts, approve, Begin::anew_too, context);
}

PromotionReport resume_promotion(const PromotionSettings& settings, PromotionParts& parts,
                                 const PromotionApproval& approve, const Context& context) {
  return run_and_tell(settings, parts, approve, Begin::open_only, context);
}

PromotionReport abort_promotion(const PromotionSettings& settings, Arbiter& arbiter, const Context& context,
                                std::span<const std::unique_ptr<Notifier>> notifiers) {
  Notices notices(notifiers, context.deadline);
  const auto history = PromotionJournal::read(StateDir::at(settings.state_dir)).value_or(PromotionHistory{});
  auto report = abort_locked(settings, arbiter, context);
  tell_end(report, settings, history.last.value_or(PromotionRecord{}).node, notices, context);
  return report;
}

Result<std::shared_ptr<void>> lock_this_host(const std::filesystem::path& state_dir) {
  const auto state = FO_TRY(StateDir::open(state_dir));
  return std::make_shared<FileLock>(FO_TRY(lock_host(state, LockPurpose::promotion)));
}

}  // namespace failover
