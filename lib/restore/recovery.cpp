#include "restore/recovery.hpp"

#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/restorer.hpp>

#include "restore/handover_folder.hpp"
#include "restore/hooks.hpp"
#include "restore/live_tree.hpp"
#include "restore/program_restore.hpp"
#include "restore/slots.hpp"
#include "restore/sweep.hpp"
#include "restore/transaction.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_marker.hpp"
#include "state/restore_plan_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

Result<Ending> finish_tree(const StateDir& state, RestoreJournal& journal, Observer* observer, const Context& context) {
  const RestoreRun run = *journal.open_run();
  const auto plan = FO_TRY(read_restore_plan(state, run.number));
  const auto tree = FO_TRY(LiveTree::open(run.roots));
  Slots slots(tree, run.slots);
  for (const auto& mount : run.mounts) FO_TRY(slots.open(mount));
  return Transaction(state, journal, tree, slots, context, observer).finish(plan);
}

std::string named(const RestoreRun& run) {
  return std::string(to_string(run.kind)) + " " + std::to_string(run.number);
}

}  // namespace

Error abort_open_run(const StateDir& state, RestoreJournal& journal, const Error& cause, const Context& context) {
  const auto cleared = RestoreMarker(state).clear();
  if (!cleared) return unfinished(cleared.error()).error();
  const RestoreRun run = *journal.open_run();
  if (run.kind == RunKind::program) HandoverFolder::remove(run);
  if (run.pre_hook_ran) {
    const auto post = run_post_hook(run, "aborted", context);
    if (!post && post.error().kind == ErrorKind::unfinished) return post.error();
    if (!post) context.note(Level::alarm, post.error().message + "; look whether the services run");
  }
  const auto closed = journal.finish("aborted", cause.message);
  // Not closed: the slots stay until a run can say durably that nobody will come back to them.
  if (closed) {
    sweep(state, journal, context);
  } else {
    context.note(Level::warning, closed.error().message + "; the next run clears up");
  }
  return cause;
}

Result<Recovered> recover_open_run(const StateDir& state, RestoreJournal& journal, Observer* observer,
                                   const Context& context) {
  if (journal.open_run() == nullptr) {
    sweep(state, journal, context);
    return Recovered::nothing;
  }
  const RestoreRun run = *journal.open_run();
  if (run.phase == RunPhase::begun || run.phase == RunPhase::pre_hook) {
    context.note(Level::warning, named(run) + " was interrupted before its commit: nothing was changed");
    const Error cause{ErrorKind::cancelled, "interrupted before its commit"};
    const auto ended = abort_open_run(state, journal, cause, context);
    if (ended.kind != cause.kind) return std::unexpected(ended);
    return Recovered::aborted;
  }
  context.note(Level::warning, named(run) + " was interrupted after its commit: taking it up again");
  if (run.kind == RunKind::program) return recover_program(state, journal, observer, context);
  const auto ending = finish_tree(state, journal, observer, context);
  if (!ending && ending.error().kind == ErrorKind::unfinished) return std::unexpected(ending.error());
  if (!ending) return unfinished(ending.error());
  for (const auto& warning : ending->warnings) context.note(Level::warning, warning);
  sweep(state, journal, context);
  return ending->restored ? Recovered::finished : Recovered::undone;
}

Result<void> reverse_open_run(const StateDir& state, RestoreJournal& journal, Observer* observer,
                              const Context& context) {
  const auto phase = journal.open_run()->phase;
  if (phase == RunPhase::committed || phase == RunPhase::applied) {
    const auto marked = RestoreMarker(state).set(journal.open_run()->number, journal.open_run()->roots);
    if (!marked) return unfinished(marked.error());
    const auto reversing = journal.reach(RunPhase::reversing, "rolled back on request");
    if (!reversing) return unfinished(reversing.error());
  }
  const auto ending = finish_tree(state, journal, observer, context);
  if (!ending && ending.error().kind == ErrorKind::unfinished) return std::unexpected(ending.error());
  if (!ending) return unfinished(ending.error());
  sweep(state, journal, context);
  return {};
}

}  // namespace failover
