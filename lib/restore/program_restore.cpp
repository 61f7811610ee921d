#include "restore/program_restore.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/restorer.hpp>

#include "core/user_account.hpp"
#include "restore/backup_choice.hpp"
#include "restore/checks.hpp"
#include "restore/handover_folder.hpp"
#include "restore/hooks.hpp"
#include "restore/new_run.hpp"
#include "restore/program_run.hpp"
#include "restore/recovery.hpp"
#include "restore/transaction.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_marker.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

Result<void> note_end(const StateDir& state, RestoreJournal& journal,
                      const std::optional<RestoredGeneration>& becomes) {
  FO_TRY(write_restored_generation(state, becomes));
  FO_TRY(journal.reach(RunPhase::applied));
  return RestoreMarker(state).clear();
}

/// From "begun" to the end of the open run. @param becomes what is current once it has ended well
Result<void> work(const StateDir& state, RestoreJournal& journal, const HandoverFolder& folder,
                  std::optional<RestoredGeneration> becomes, const Context& context) {
  const auto ran = run_program(state, journal, folder, context);
  if (!ran) {
    const auto noted = journal.program_failed(ran.error().message);
    if (!noted) context.note(Level::warning, noted.error().message);
    return fail(ErrorKind::unfinished, ran.error().message +
                                           "; the host counts as half restored: type fo-restore --recover, or " +
                                           "fo-restore --rollback for the backup before");
  }
  if (becomes) becomes->restored = std::chrono::system_clock::now();
  const auto recorded = note_end(state, journal, becomes);
  if (!recorded) return unfinished(recorded.error());
  return {};
}

/// Post-hook and checks; what they find does not undo what the PROGRAM did. @return the warnings
Result<std::vector<std::string>> close(RestoreJournal& journal, const std::string& result, Observer* observer,
                                       const Context& context) {
  const RestoreRun run = *journal.open_run();
  const auto post = run_post_hook(run, result, context);
  if (!post && post.error().kind == ErrorKind::unfinished) return std::unexpected(post.error());
  auto checked =
      post ? check_afterwards(run, observer, context) : Result<std::vector<std::string>>(std::unexpected(post.error()));
  const auto closed = journal.finish(result, checked ? "" : checked.error().message);
  if (!closed) return unfinished(closed.error());
  if (!checked) {
    return fail(ErrorKind::unfinished, checked.error().message + "; what " + run.program.front() +
                                           " did stands: look whether the services run, or type fo-restore --rollback");
  }
  if (auto warning = password_warning(run); !warning.empty()) checked->push_back(std::move(warning));
  return checked;
}

Result<HandoverFolder> hand_over(const RestoreRun& run, const std::filesystem::path& backup, const Context& context) {
  const auto& name = run.hand_over.run_as;
  std::optional<UserAccount> user;
  if (!name.empty()) user = FO_TRY(find_lesser_user(name));
  return HandoverFolder::make(run, backup, user, context);
}

/// Pre-hook, marker, "begun": a run that takes over has all that behind it.
Result<void> until_begun(const StateDir& state, RestoreJournal& journal, const Context& context) {
  if (journal.open_run()->phase == RunPhase::committed) return {};
  FO_TRY(context.check());
  FO_TRY(journal.reach(RunPhase::pre_hook));
  FO_TRY(run_pre_hook(*journal.open_run(), context));
  FO_TRY(context.check());
  FO_TRY(RestoreMarker(state).set(journal.open_run()->number, {}));
  return journal.reach(RunPhase::committed);
}

Result<std::vector<std::string>> begin_and_work(const StateDir& state, RestoreJournal& journal, RestoreRun run,
                                                const std::filesystem::path& backup, Observer* observer,
                                                const Context& context) {
  run.handover_folder = FO_TRY(name_handover_folder(state, run, run.hand_over.place));
  FO_TRY(journal.begin(std::move(run)));
  const auto copy = hand_over(*journal.open_run(), backup, context);
  const auto begun = copy ? until_begun(state, journal, context) : Result<void>(std::unexpected(copy.error()));
  if (!begun && journal.open_run()->phase == RunPhase::committed) return unfinished(begun.error());
  if (!begun) return std::unexpected(abort_open_run(state, journal, begun.error(), context));
  FO_TRY(work(state, journal, *copy, journal.open_run()->after, context));
  return close(journal, "restored", observer, context);
}

bool is_there(const std::string& path) {
  std::error_code error;
  return !path.empty() && std::filesystem::is_regular_file(path, error);
}

}  // namespace

Result<RestoreReport> restore_by_program(const StateDir& state, RestoreJournal& journal, const OpenBackup& backup,
                                         const RestoreOptions& options, Observer* observer, const Context& context) {
  auto run = FO_TRY(new_run(state, journal, RunKind::program, options.hooks));
  run.program = options.program;
  run.hand_over = options.hand_over;
  run.checks = options.checks.targets;
  run.check_timeout = std::chrono::ceil<std::chrono::milliseconds>(options.checks.timeout);
  run.after = generation_of(backup.facts, run);
  const auto* open = journal.open_run();
  if (open != nullptr) {
    FO_TRY(check_program_has_ended(*open));
    HandoverFolder::remove(*open);
    run.takes_over = true;
    run.before = open->before;
    run.after->previous = open->before ? open->before->generation : 0;
    run.after->previous_backup = open->before ? open->before->backup : "";
  }
  const auto generation = run.number;
  auto warnings = FO_TRY(begin_and_work(state, journal, std::move(run), backup.facts.path, observer, context));
  warnings.insert(warnings.begin(), backup.facts.warnings.begin(), backup.facts.warnings.end());
  return RestoreReport{.generation = generation,
                       .backup = backup.facts.path.string(),
                       .acts = 1,
                       .bytes = backup.facts.bytes,
                       .warnings = std::move(warnings)};
}

Result<Recovered> recover_program(const StateDir& state, RestoreJournal& journal, Observer* observer,
                                  const Context& context) {
  const RestoreRun run = *journal.open_run();
  const auto end = [&](const std::string& result) -> Result<void> {
    for (const auto& warning : FO_TRY(close(journal, result, observer, context))) context.note(Level::warning, warning);
    return {};
  };
  if (run.phase == RunPhase::applied) {
    const auto cleared = RestoreMarker(state).clear();
    if (!cleared) return unfinished(cleared.error());
    HandoverFolder::remove(run);
    FO_TRY(end("restored"));
    return Recovered::finished;
  }
  const bool go_back = run.program_failed && run.before && is_there(run.before->backup);
  const auto& becomes = go_back ? run.before : run.after;
  FO_TRY(check_program_has_ended(run));
  const auto copy = hand_over(run, becomes->backup, context);
  if (!copy) return unfinished(copy.error());
  context.note(Level::info, "running " + run.program.front() + " again with " + becomes->backup);
  FO_TRY(work(state, journal, *copy, becomes, context));
  FO_TRY(end(go_back ? "undone" : "restored"));
  return go_back ? Recovered::undone : Recovered::finished;
}

Result<RestoreReport> roll_back_program(const StateDir& state, RestoreJournal& journal, const RestoreHooks& hooks,
                                        const Context& context) {
  auto run = FO_TRY(new_run(state, journal, RunKind::program, hooks));
  const auto* open = journal.open_run();
  std::optional<RestoredGeneration> back;
  if (open != nullptr) {
    FO_TRY(check_program_has_ended(*open));
    HandoverFolder::remove(*open);
    run.takes_over = true;
    run.program = open->program;
    run.hand_over = open->hand_over;
    run.before = open->before;
    back = open->before;
  } else if (run.before) {
    back = generation_in(journal, run.before->previous);
    for (const auto& earlier : journal.runs()) {
      if (earlier.number != run.before->generation) continue;
      run.program = earlier.program;
      run.hand_over = earlier.hand_over;
    }
  }
  if (!back || run.program.empty() || !is_there(back->backup)) {
    return fail(ErrorKind::not_found,
                "there is no backup of an earlier generation to go back to; restore an older one by its path, "
                "fo-fetch --list shows those of the store");
  }
  run.after = back;
  auto warnings = FO_TRY(begin_and_work(state, journal, std::move(run), back->backup, nullptr, context));
  return RestoreReport{
      .generation = back->generation, .backup = back->backup, .acts = 1, .warnings = std::move(warnings)};
}

}  // namespace failover
