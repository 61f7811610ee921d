#include "restore/tree_rollback.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/file_identity.hpp"
#include "restore/commit_plan.hpp"
#include "restore/dress.hpp"
#include "restore/hooks.hpp"
#include "restore/live_tree.hpp"
#include "restore/new_run.hpp"
#include "restore/plan_acts.hpp"
#include "restore/plan_rollback.hpp"
#include "restore/recovery.hpp"
#include "restore/slots.hpp"
#include "restore/survey.hpp"
#include "restore/sweep.hpp"
#include "restore/transaction.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_plan_file.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

Result<std::map<std::uint64_t, FileFacts>> look_into(const Slots& slots, const RestorePlanFile& applied) {
  std::map<std::uint64_t, FileFacts> found;
  for (const auto& act : applied.acts) {
    if (act.kind == ActKind::make_directory || act.kind == ActKind::remove_directory) continue;
    found[act.n] = FO_TRY(look_at(slots.at(act.mount), slot_name(act.n)));
  }
  return found;
}

std::vector<std::string> mounts_of(const RestorePlanFile& plan) {
  std::set<std::string> mounts;
  for (const auto& act : plan.acts) mounts.insert(act.mount);
  return {mounts.begin(), mounts.end()};
}

Result<DraftPlan> draft(const LiveTree& tree, const Slots& slots, const RestorePlanFile& applied, Survey& survey,
                        const Context& context) {
  auto looked = survey_tree(tree, {paths_to_survey(applied), false, {}}, context);
  if (!looked) return std::unexpected(looked.error());
  survey = std::move(*looked);
  const auto found = FO_TRY(look_into(slots, applied));
  return plan_rollback(applied, survey, found);
}

/// Everything up to the commit; nothing live is touched.
Result<RestorePlanFile> until_commit(const StateDir& state, RestoreJournal& journal, const LiveTree& tree,
                                     const Slots& slots, const RestorePlanFile& applied, const Context& context) {
  FO_TRY(journal.reach(RunPhase::pre_hook));
  FO_TRY(run_pre_hook(*journal.open_run(), context));
  Survey survey;
  auto plan = FO_TRY(draft(tree, slots, applied, survey, context));
  FO_TRY(prepare_acts(tree, slots, survey, Wardrobe{}, plan));
  return commit_plan(state, journal, tree, slots, plan, context);
}

}  // namespace

Result<RestoreReport> roll_back_tree(const StateDir& state, RestoreJournal& journal, const RestoredGeneration& current,
                                     const RestoreHooks& hooks, const Context& context) {
  auto applied = read_restore_plan(state, current.generation);
  if (!applied && applied.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found, "the undo copies of generation " + std::to_string(current.generation) +
                                          " are gone; restore an older backup instead");
  }
  if (!applied) return std::unexpected(applied.error());
  const auto tree = FO_TRY(LiveTree::open(applied->roots));
  Slots slots(tree, applied->slots);
  for (const auto& mount : mounts_of(*applied)) FO_TRY(slots.open(mount));
  // Once before anything is stopped: what cannot work is refused without a pre-hook.
  Survey survey;
  FO_TRY(draft(tree, slots, *applied, survey, context));

  auto run = FO_TRY(new_run(state, journal, RunKind::rollback, hooks));
  run.slots = applied->slots;
  run.roots = tree.roots();
  run.mounts = mounts_of(*applied);
  run.after = generation_in(journal, current.previous);
  const auto after = run.after;
  FO_TRY(journal.begin(std::move(run)));
  auto committed = until_commit(state, journal, tree, slots, *applied, context);
  if (!committed) return std::unexpected(abort_open_run(state, journal, committed.error(), context));
  const auto ending = FO_TRY(Transaction(state, journal, tree, slots, context, nullptr).finish(*committed));
  sweep(state, journal, context);
  if (!ending.restored) return fail(ErrorKind::io, ending.reason + "; everything is as it was before the rollback");
  RestoreReport report;
  report.generation = after ? after->generation : 0;
  report.backup = after ? after->backup : "";
  report.acts = committed->acts.size();
  return report;
}

}  // namespace failover
