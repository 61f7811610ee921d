#include "failover/restorer.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/file_lock.hpp"
#include "restore/backup_choice.hpp"
#include "restore/program_restore.hpp"
#include "restore/recovery.hpp"
#include "restore/tree_restore.hpp"
#include "restore/tree_rollback.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_plan_file.hpp"
#include "state/restored_generation.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

/// What every changing call needs first: the lock, the role, the journal.
struct Workplace {
  StateDir state;
  FileLock lock;
  RestoreJournal journal;
};

Result<void> check_role(const StateDir& state) {
  const auto record = FO_TRY(read_role(state));
  if (!record || record->role == Role::standby) return {};
  return fail(ErrorKind::refused, "this host is " + std::string(to_string(record->role)) + " (epoch " +
                                      std::to_string(record->epoch) +
                                      "); only a standby is restored: it would overwrite what serves");
}

Result<void> check_options(const RestoreOptions& options) {
  if (options.roots.empty() == options.program.empty()) {
    return fail(
        ErrorKind::usage,
        "say either where to restore to (--target DIR, --map PREFIX=DIR) or which program does it (-- PROGRAM {})");
  }
  if (options.program.empty()) return {};
  const bool takes_path =
      std::ranges::any_of(options.program, [](const std::string& argument) { return argument.contains("{}"); });
  if (!takes_path) return fail(ErrorKind::usage, "no argument of the program holds {}, where the backup's path goes");
  return {};
}

Result<Workplace> enter(const std::filesystem::path& state_dir) {
  auto state = FO_TRY(StateDir::open(state_dir));
  auto lock = FO_TRY(state.lock_host());
  FO_TRY(check_role(state));
  auto journal = FO_TRY(RestoreJournal::open(state));
  return Workplace{std::move(state), std::move(lock), std::move(journal)};
}

class JournaledRestorer final : public Restorer {
 public:
  explicit JournaledRestorer(std::filesystem::path state_dir) : state_dir_(std::move(state_dir)) {}

  Result<VerifiedBackup> verify(const std::filesystem::path& backup, const RestoreOptions& options,
                                const Context& context) override {
    const auto state = StateDir::at(state_dir_);
    const auto path = FO_TRY(choose_backup(state, backup));
    return FO_TRY(open_whole_backup(path, options, context)).facts;
  }

  Result<RestorePlan> plan(const std::filesystem::path& backup, const RestoreOptions& options,
                           const Context& context) override {
    FO_TRY(check_options(options));
    const auto state = StateDir::at(state_dir_);
    FO_TRY(check_role(state));
    auto runs = FO_TRY(RestoreJournal::read(state));
    if (!runs.empty() && runs.back().phase != RunPhase::done) {
      return fail(ErrorKind::unfinished, "a run was interrupted; type fo-restore --recover first");
    }
    const auto path = FO_TRY(choose_backup(state, backup));
    const auto opened = FO_TRY(open_backup(path, options, context));
    if (options.program.empty()) return plan_tree(state, opened, options, context);
    RestorePlan plan;
    plan.backup = opened.facts;
    plan.acts.push_back(
        {"program", options.program.front(), options.program.front(), opened.facts.bytes, "restores it by itself"});
    return plan;
  }

  Result<RestoreReport> restore(const std::filesystem::path& backup, const RestoreOptions& options,
                                const Context& context) override {
    FO_TRY(check_options(options));
    auto work = FO_TRY(enter(state_dir_));
    const auto* open = work.journal.open_run();
    // A PROGRAM that did not end is taken over by the next one: the same backup might fail for ever.
    const bool take_over = open != nullptr && open->kind == RunKind::program && open->phase == RunPhase::committed &&
                           !options.program.empty();
    if (!take_over) FO_TRY(recover_open_run(work.state, work.journal, context));
    const auto path = FO_TRY(choose_backup(work.state, backup));
    if (!options.program.empty()) {
      const auto whole = FO_TRY(open_whole_backup(path, options, context));
      return restore_by_program(work.state, work.journal, whole, options, context);
    }
    const auto opened = FO_TRY(open_backup(path, options, context));
    return restore_tree(work.state, work.journal, opened, options, context);
  }

  Result<RestoreReport> rollback(const RestoreHooks& hooks, const Context& context) override {
    auto work = FO_TRY(enter(state_dir_));
    const auto* open = work.journal.open_run();
    if (open != nullptr && open->phase >= RunPhase::committed) {
      if (open->kind == RunKind::program) {
        if (open->phase == RunPhase::committed) return roll_back_program(work.state, work.journal, hooks, context);
      } else {
        FO_TRY(reverse_open_run(work.state, work.journal, context));
        const auto now = FO_TRY(read_restored_generation(work.state));
        return RestoreReport{.generation = now ? now->generation : 0, .backup = now ? now->backup : ""};
      }
    }
    FO_TRY(recover_open_run(work.state, work.journal, context));
    const auto current = FO_TRY(read_restored_generation(work.state));
    if (!current) return fail(ErrorKind::not_found, "nothing was restored here: there is nothing to go back from");
    if (current->roots.empty()) return roll_back_program(work.state, work.journal, hooks, context);
    return roll_back_tree(work.state, work.journal, *current, hooks, context);
  }

  Result<Recovered> recover(const Context& context) override {
    auto work = FO_TRY(enter(state_dir_));
    return recover_open_run(work.state, work.journal, context);
  }

  Result<RestoreStatus> status() override {
    const auto state = StateDir::at(state_dir_);
    RestoreStatus status;
    const auto runs = FO_TRY(RestoreJournal::read(state));
    status.interrupted = !runs.empty() && runs.back().phase != RunPhase::done;
    status.in_progress = FO_TRY(restore_in_progress(state));
    const auto current = FO_TRY(read_restored_generation(state));
    if (!current) return status;
    status.generation = current->generation;
    status.backup = current->backup;
    status.backup_time = current->backup_time;
    status.restored = current->restored;
    status.sha256 = current->sha256;
    status.roots = current->roots;
    status.previous = current->previous;
    const auto plans = FO_TRY(list_restore_plans(state));
    std::error_code error;
    status.can_roll_back = current->roots.empty() ? std::filesystem::exists(current->previous_backup, error)
                                                  : std::ranges::find(plans, current->generation) != plans.end();
    return status;
  }

  Result<std::vector<RestoreHistoryEntry>> history() override {
    std::vector<RestoreHistoryEntry> entries;
    for (const auto& run : FO_TRY(RestoreJournal::read(StateDir::at(state_dir_)))) {
      RestoreHistoryEntry entry;
      entry.run = run.number;
      entry.kind = std::string(to_string(run.kind));
      entry.backup = run.after ? run.after->backup : "";
      entry.roots = run.roots;
      entry.started = run.started;
      entry.ended = run.ended;
      entry.result = run.phase == RunPhase::done ? run.result : "interrupted";
      entry.reason = run.reason;
      entries.push_back(std::move(entry));
    }
    return entries;
  }

 private:
  std::filesystem::path state_dir_;
};

}  // namespace

std::unique_ptr<Restorer> make_restorer(std::filesystem::path state_dir) {
  return std::make_unique<JournaledRestorer>(std::move(state_dir));
}

}  // namespace failover
