#include "restore/program_restore.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/child_process.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "restore/backup_choice.hpp"
#include "restore/hooks.hpp"
#include "restore/new_run.hpp"
#include "restore/recovery.hpp"
#include "restore/transaction.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_marker.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

/// The backup as the PROGRAM sees it: our own copy, mode 0600, gone afterwards. Whoever can write to the original
/// cannot change it under the PROGRAM's hands.
class PrivateCopy {
 public:
  static Result<PrivateCopy> make(const StateDir& state, const std::filesystem::path& backup, const Context& context) {
    PrivateCopy copy(state.restore() / "program");
    copy.clear();
    FO_TRY(make_directories(copy.folder_, 0700));
    copy.path_ = copy.folder_ / backup.filename();
    const Fd from = FO_TRY(open_file(backup, O_RDONLY));
    const Fd to = FO_TRY(open_file(copy.path_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    std::vector<std::byte> buffer(std::size_t{1024} * 1024);
    for (std::uint64_t offset = 0;;) {
      FO_TRY(context.check());
      const auto count = FO_TRY(read_at(from.get(), offset, buffer));
      if (count == 0) return copy;
      FO_TRY(while_doing("copying the backup", write_all(to.get(), std::span<const std::byte>(buffer).first(count))));
      offset += count;
    }
  }
  PrivateCopy(PrivateCopy&& other) noexcept
      : folder_(std::exchange(other.folder_, {})), path_(std::exchange(other.path_, {})) {}
  PrivateCopy& operator=(PrivateCopy&&) = delete;
  ~PrivateCopy() { clear(); }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  explicit PrivateCopy(std::filesystem::path folder) noexcept : folder_(std::move(folder)) {}
  void clear() const noexcept {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

std::string last_words(const ChildResult& result) {
  auto text = result.errors.empty() ? result.output : result.errors;
  while (text.ends_with('\n')) text.pop_back();
  constexpr std::size_t enough = 300;
  return text.empty() ? "" : ": " + text.substr(text.size() - std::min(enough, text.size()));
}

/// A signal does not reach into it: half a restore helps nobody. The deadline does (property bounded).
Result<void> run_program(const RestoreRun& run, const std::filesystem::path& copy, const Context& context) {
  ChildCommand command;
  command.argv = run.program;
  for (auto& argument : command.argv) replace_all(argument, "{}", copy.string());
  command.limit = std::chrono::hours(24 * 365);
  command.environment = {{"FO_BACKUP", copy.string()}};
  Context calm = unstoppable(context);
  calm.deadline = context.deadline;
  const auto result = FO_TRY(run_child(command, calm));
  if (result.ok()) return {};
  return fail(ErrorKind::io, run.program.front() + " failed with " + result.how_it_ended() + last_words(result));
}

Result<void> note_end(const StateDir& state, RestoreJournal& journal,
                      const std::optional<RestoredGeneration>& becomes) {
  FO_TRY(write_restored_generation(state, becomes));
  FO_TRY(journal.reach(RunPhase::applied));
  return RestoreMarker(state).clear();
}

/// From "begun" to the end of the open run. @param becomes what is current once it has ended well
Result<void> work(const StateDir& state, RestoreJournal& journal, const PrivateCopy& copy,
                  std::optional<RestoredGeneration> becomes, const Context& context) {
  const auto ran = run_program(*journal.open_run(), copy.path(), context);
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

Result<void> close(RestoreJournal& journal, const std::string& result, const Context& context) {
  const RestoreRun run = *journal.open_run();
  const auto post = run_post_hook(run, result, context);
  FO_TRY(journal.finish(result, post ? "" : post.error().message));
  if (post) return {};
  return fail(ErrorKind::unfinished, post.error().message + "; what " + run.program.front() +
                                         " did stands: look whether the services run, or type fo-restore --rollback");
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

Result<void> begin_and_work(const StateDir& state, RestoreJournal& journal, RestoreRun run,
                            const std::filesystem::path& backup, const Context& context) {
  FO_TRY(journal.begin(std::move(run)));
  const auto copy = PrivateCopy::make(state, backup, context);
  const auto begun = copy ? until_begun(state, journal, context) : Result<void>(std::unexpected(copy.error()));
  if (!begun && journal.open_run()->phase == RunPhase::committed) return unfinished(begun.error());
  if (!begun) return std::unexpected(abort_open_run(state, journal, begun.error(), context));
  FO_TRY(work(state, journal, *copy, journal.open_run()->after, context));
  return close(journal, "restored", context);
}

bool is_there(const std::string& path) {
  std::error_code error;
  return !path.empty() && std::filesystem::is_regular_file(path, error);
}

}  // namespace

Result<RestoreReport> restore_by_program(const StateDir& state, RestoreJournal& journal, const OpenBackup& backup,
                                         const RestoreOptions& options, const Context& context) {
  auto run = FO_TRY(new_run(state, journal, RunKind::program, options.hooks));
  run.program = options.program;
  run.after = generation_of(backup.facts, run);
  const auto* open = journal.open_run();
  if (open != nullptr) {
    run.takes_over = true;
    run.before = open->before;
    run.after->previous = open->before ? open->before->generation : 0;
    run.after->previous_backup = open->before ? open->before->backup : "";
  }
  const auto generation = run.number;
  FO_TRY(begin_and_work(state, journal, std::move(run), backup.facts.path, context));
  return RestoreReport{.generation = generation,
                       .backup = backup.facts.path.string(),
                       .acts = 1,
                       .bytes = backup.facts.bytes,
                       .warnings = backup.facts.warnings};
}

Result<Recovered> recover_program(const StateDir& state, RestoreJournal& journal, const Context& context) {
  const RestoreRun run = *journal.open_run();
  if (run.phase == RunPhase::applied) {
    const auto cleared = RestoreMarker(state).clear();
    if (!cleared) return unfinished(cleared.error());
    FO_TRY(close(journal, "restored", context));
    return Recovered::finished;
  }
  const bool go_back = run.program_failed && run.before && is_there(run.before->backup);
  const auto& becomes = go_back ? run.before : run.after;
  const auto copy = PrivateCopy::make(state, becomes->backup, context);
  if (!copy) return unfinished(copy.error());
  context.note(Level::info, "running " + run.program.front() + " again with " + becomes->backup);
  FO_TRY(work(state, journal, *copy, becomes, context));
  FO_TRY(close(journal, go_back ? "undone" : "restored", context));
  return go_back ? Recovered::undone : Recovered::finished;
}

Result<RestoreReport> roll_back_program(const StateDir& state, RestoreJournal& journal, const RestoreHooks& hooks,
                                        const Context& context) {
  auto run = FO_TRY(new_run(state, journal, RunKind::program, hooks));
  const auto* open = journal.open_run();
  std::optional<RestoredGeneration> back;
  if (open != nullptr) {
    run.takes_over = true;
    run.program = open->program;
    run.before = open->before;
    back = open->before;
  } else if (run.before) {
    back = generation_in(journal, run.before->previous);
    for (const auto& earlier : journal.runs()) {
      if (earlier.number == run.before->generation) run.program = earlier.program;
    }
  }
  if (!back || run.program.empty() || !is_there(back->backup)) {
    return fail(ErrorKind::not_found, "there is no backup of an earlier generation to go back to");
  }
  run.after = back;
  FO_TRY(begin_and_work(state, journal, std::move(run), back->backup, context));
  return RestoreReport{.generation = back->generation, .backup = back->backup, .acts = 1};
}

}  // namespace failover
