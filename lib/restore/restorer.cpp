#include "failover/restorer.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/file_lock.hpp"
#include "restore/backup_choice.hpp"
#include "restore/backup_contents.hpp"
#include "restore/daily_window.hpp"
#include "restore/demands.hpp"
#include "restore/program_restore.hpp"
#include "restore/program_run.hpp"
#include "restore/recovery.hpp"
#include "restore/sweep.hpp"
#include "restore/tree_restore.hpp"
#include "restore/tree_rollback.hpp"
#include "restore/undo_copy.hpp"
#include "state/host_lock.hpp"
#include "state/lent_lock.hpp"
#include "state/restore_counters.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_plan_file.hpp"
#include "state/restored_generation.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"
#include "state/undo_pin.hpp"

namespace failover {

namespace {

/// Only a switchover lends its lock: to bring over what the old host wrote last, before anything starts here.
enum class Lock { own, lent };

/// What every changing call needs first: the lock and the journal.
struct Workplace {
  StateDir state;
  FileLock lock;
  Lock whose = Lock::own;
  RestoreJournal journal;
};

Result<void> check_role(const StateDir& state, Lock lock = Lock::own) {
  const auto record = FO_TRY(read_role(state));
  if (!record || record->role == Role::standby) return {};
  if (lock == Lock::lent && record->role == Role::promoting) return {};
  return fail(ErrorKind::refused, "this host is " + std::string(to_string(record->role)) + " (epoch " +
                                      std::to_string(record->epoch) +
                                      "); only a standby is restored: it would overwrite what serves; to make it one "
                                      "type: fo-promote rejoin");
}

Result<void> check_options(const RestoreOptions& options) {
  if (options.roots.empty() == options.program.empty()) {
    return fail(
        ErrorKind::usage,
        "say either where to restore to (--target DIR, --map PREFIX=DIR) or which program does it (-- PROGRAM {})");
  }
  FO_TRY(check_demand_keys(options.demands));
  for (const auto& target : options.checks.targets) FO_TRY(parse_target(target));
  if (!options.program.empty()) return check_program(options.program, options.hand_over);
  return {};
}

Result<Workplace> lock_workplace(const std::filesystem::path& state_dir) {
  auto state = FO_TRY(StateDir::open(state_dir));
  auto lock = lock_host(state, LockPurpose::restore);
  auto whose = Lock::own;
  if (!lock && lock.error().kind == ErrorKind::locked) {
    if (auto borrowed = borrow_host_lock(state)) {
      lock = std::move(borrowed);
      whose = Lock::lent;
    }
  }
  if (!lock) return std::unexpected(lock.error());
  auto journal = FO_TRY(RestoreJournal::open(state));
  return Workplace{std::move(state), std::move(*lock), whose, std::move(journal)};
}

/// Where restores are allowed.
Result<Workplace> enter(const std::filesystem::path& state_dir) {
  auto work = FO_TRY(lock_workplace(state_dir));
  FO_TRY(check_role(work.state, work.whose));
  return work;
}

/// Which undo copies a person means who names none.
Result<std::uint64_t> undo_that_matters(const StateDir& state, const RestoreJournal& journal) {
  if (const auto pin = FO_TRY(read_undo_pin(state))) {
    if (const auto generation = pinned_generation(journal.runs(), *pin)) return *generation;
    return fail(ErrorKind::not_found,
                "nothing was restored here since the undo copies were pinned: the files are still in "
                "their places");
  }
  const auto current = FO_TRY(read_restored_generation(state));
  if (!current) return fail(ErrorKind::not_found, "nothing was restored here: there are no undo copies");
  return current->generation;
}

/// Good by the profile, and what is demanded of it. Nothing is touched before that.
Result<OpenBackup> open_demanded(const StateDir& state, const std::filesystem::path& path,
                                 const RestoreOptions& options, const Context& context) {
  // A PROGRAM uses all of it; a tree looks at what it stages.
  auto opened =
      FO_TRY(options.program.empty() ? open_backup(path, options, context) : open_whole_backup(path, options, context));
  // Else whoever puts it somewhere looks: a night without a change looks at nothing.
  if (options.demands.any() || !options.program.empty()) {
    opened.facts.contents = FO_TRY(contents_or_unknown(opened, context));
  }
  const auto last = FO_TRY(read_restored_generation(state));
  FO_TRY(check_demands(options.demands, opened.facts, last));
  return opened;
}

class JournaledRestorer final : public Restorer {
 public:
  JournaledRestorer(std::filesystem::path state_dir, std::shared_ptr<Observer> observer)
      : state_dir_(std::move(state_dir)), observer_(std::move(observer)) {}

  Result<VerifiedBackup> verify(const std::filesystem::path& backup, const RestoreOptions& options,
                                const Context& context) override {
    const auto state = StateDir::at(state_dir_);
    const auto path = FO_TRY(choose_backup(state, backup));
    return FO_TRY(open_whole_backup(path, options, context)).facts;
  }

  Result<BackupContents> inspect(const std::filesystem::path& backup, const RestoreOptions& options,
                                 const Context& context) override {
    const auto path = FO_TRY(choose_backup(StateDir::at(state_dir_), backup));
    const auto opened = FO_TRY(open_backup(path, options, context));
    return inspect_backup(opened, context);
  }

  Result<RestorePlan> plan(const std::filesystem::path& backup, const RestoreOptions& options,
                           const Context& context) override {
    FO_TRY(check_options(options));
    if (options.window) FO_TRY(check_window(*options.window, local_minutes()));
    const auto state = StateDir::at(state_dir_);
    FO_TRY(check_role(state));
    auto runs = FO_TRY(RestoreJournal::read(state));
    if (!runs.empty() && runs.back().phase != RunPhase::done) {
      return fail(ErrorKind::unfinished, "a run was interrupted; type fo-restore --recover first");
    }
    const auto path = FO_TRY(choose_backup(state, backup));
    const auto opened = FO_TRY(open_demanded(state, path, options, context));
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
    if (options.window) FO_TRY(check_window(*options.window, local_minutes()));
    auto work = FO_TRY(enter(state_dir_));
    const auto* open = work.journal.open_run();
    // A PROGRAM that did not end is taken over by the next one: the same backup might fail for ever.
    const bool take_over = open != nullptr && open->kind == RunKind::program && open->phase == RunPhase::committed &&
                           !options.program.empty();
    if (!take_over) FO_TRY(recover_open_run(work.state, work.journal, observer_.get(), context));
    const auto path = FO_TRY(choose_backup(work.state, backup));
    const auto opened = FO_TRY(open_demanded(work.state, path, options, context));
    if (!options.program.empty()) {
      return restore_by_program(work.state, work.journal, opened, options, observer_.get(), context);
    }
    return restore_tree(work.state, work.journal, opened, options, observer_.get(), context);
  }

  Result<RestoreReport> rollback(const RestoreHooks& hooks, const Context& context) override {
    auto work = FO_TRY(enter(state_dir_));
    const auto* open = work.journal.open_run();
    if (open != nullptr && open->phase >= RunPhase::committed) {
      if (open->kind == RunKind::program) {
        if (open->phase == RunPhase::committed) return roll_back_program(work.state, work.journal, hooks, context);
      } else {
        FO_TRY(reverse_open_run(work.state, work.journal, observer_.get(), context));
        const auto now = FO_TRY(read_restored_generation(work.state));
        return RestoreReport{.generation = now ? now->generation : 0, .backup = now ? now->backup : ""};
      }
    }
    FO_TRY(recover_open_run(work.state, work.journal, observer_.get(), context));
    const auto current = FO_TRY(read_restored_generation(work.state));
    if (!current)
      return fail(
          ErrorKind::not_found,
          "nothing was restored here: there is nothing to go back from; what was done says: fo-restore --history");
    if (current->roots.empty()) return roll_back_program(work.state, work.journal, hooks, context);
    return roll_back_tree(work.state, work.journal, *current, hooks, context);
  }

  Result<Recovered> recover(const Context& context) override {
    auto work = FO_TRY(lock_workplace(state_dir_));
    const auto allowed = check_role(work.state, work.whose);
    if (!allowed) {
      // Only a standby is restored; where no tree is half restored that is no reason for a boot to complain.
      const bool half = work.journal.open_run() != nullptr || FO_TRY(restore_in_progress(work.state));
      if (half || allowed.error().kind != ErrorKind::refused) return std::unexpected(allowed.error());
      return Recovered::nothing;
    }
    return recover_open_run(work.state, work.journal, observer_.get(), context);
  }

  Result<RestoreStatus> status() override {
    const auto state = StateDir::at(state_dir_);
    RestoreStatus status;
    const auto runs = FO_TRY(RestoreJournal::read(state));
    status.interrupted = !runs.empty() && runs.back().phase != RunPhase::done;
    status.in_progress = FO_TRY(restore_in_progress(state));
    if (const auto pin = FO_TRY(read_undo_pin(state))) {
      status.pinned = PinnedUndo{pinned_generation(runs, *pin).value_or(0), pin->reason, pin->since};
    }
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

  Result<UndoCopied> copy_undo(const std::filesystem::path& directory, const Context& context) override {
    const auto state = FO_TRY(StateDir::open(state_dir_));
    const auto lock = FO_TRY(lock_host(state, LockPurpose::restore));
    const auto journal = FO_TRY(RestoreJournal::open(state));
    return failover::copy_undo(state, FO_TRY(undo_that_matters(state, journal)), directory, context);
  }

  Result<bool> drop_undo(const Context& context) override {
    const auto state = FO_TRY(StateDir::open(state_dir_));
    const auto lock = FO_TRY(lock_host(state, LockPurpose::restore));
    const auto journal = FO_TRY(RestoreJournal::open(state));
    // A damaged one is let go of, too: that is what its message tells to type.
    const auto pin = read_undo_pin(state);
    if (pin && !*pin) return false;
    if (!pin && pin.error().kind != ErrorKind::integrity) return std::unexpected(pin.error());
    FO_TRY(remove_undo_pin(state));
    if (journal.open_run() == nullptr) sweep(state, journal, context);
    return true;
  }

  Result<RestoreCounters> count(const Result<RestoreReport>& outcome) override {
    const auto now = std::chrono::system_clock::now();
    const CountedRestore run{!outcome, outcome ? outcome->acts : 0, outcome ? outcome->bytes : 0, now};
    return count_restore(FO_TRY(StateDir::open(state_dir_)), run, {});
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
  std::shared_ptr<Observer> observer_;
};

}  // namespace

std::unique_ptr<Restorer> make_restorer(std::filesystem::path state_dir, std::shared_ptr<Observer> observer) {
  return std::make_unique<JournaledRestorer>(std::move(state_dir), std::move(observer));
}

}  // namespace failover
