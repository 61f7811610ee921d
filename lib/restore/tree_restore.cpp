#include "restore/tree_restore.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/entry_path.hpp"
#include "archive/entry_tree.hpp"
#include "restore/backup_choice.hpp"
#include "restore/commit_plan.hpp"
#include "restore/hooks.hpp"
#include "restore/live_tree.hpp"
#include "restore/manifest_of.hpp"
#include "restore/new_run.hpp"
#include "restore/plan_acts.hpp"
#include "restore/recovery.hpp"
#include "restore/slots.hpp"
#include "restore/stage.hpp"
#include "restore/survey.hpp"
#include "restore/sweep.hpp"
#include "restore/transaction.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_manifest.hpp"
#include "state/restore_plan_file.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

/// One restore of one backup into one target, until its commit.
class TreeRestore {
 public:
  TreeRestore(const StateDir& state, const OpenBackup& backup, const RestoreOptions& options, LiveTree tree) noexcept
      : state_(state), backup_(backup), options_(options), tree_(std::move(tree)) {}

  static Result<LiveTree> open_target(const OpenBackup& backup, const RestoreOptions& options) {
    auto tree = FO_TRY(LiveTree::open(options.target));
    if (!valid_utf8(tree.target())) return fail(ErrorKind::usage, "the target's path is not valid UTF-8");
    if (tree.folds_case()) FO_TRY(check_case(tree_of(backup.listing.entries)));
    return tree;
  }

  /// What is there now and what is to be done; also again after the pre-hook.
  Result<DraftPlan> look(const Context& context) {
    if (!looked_) FO_TRY(read_manifest());
    looked_ = true;
    const auto* known = manifest_ ? &*manifest_ : nullptr;
    const auto& entries = backup_.listing.entries;
    survey_ = FO_TRY(survey_tree(tree_, paths_to_survey(entries, known), context));
    return plan_restore(facts());
  }

  [[nodiscard]] bool nothing_to_do(const DraftPlan& plan) const {
    return plan.acts.empty() && manifest_ && current_ && current_->sha256 == backup_.facts.sha256;
  }

  Result<RestoreReport> run(RestoreJournal& journal, const DraftPlan& plan, const Context& context) {
    auto run = FO_TRY(new_run(state_, journal, RunKind::restore, options_.hooks));
    run.target = tree_.target();
    run.mounts = mounts_of(plan);
    run.after = generation_of(backup_.facts, run);
    const auto number = run.number;
    FO_TRY(journal.begin(std::move(run)));
    Slots slots(tree_, number);
    auto committed = until_commit(journal, slots, plan, context);
    if (!committed) return std::unexpected(abort_open_run(state_, journal, committed.error(), context));
    const auto ending = FO_TRY(Transaction(state_, journal, tree_, slots, context).finish(*committed));
    sweep(state_, journal, context);
    if (!ending.restored) return fail(ErrorKind::io, ending.reason + "; everything is as it was before");
    return report(*committed, number);
  }

  [[nodiscard]] const LiveTree& tree() const noexcept { return tree_; }
  [[nodiscard]] std::uint64_t current() const noexcept { return current_ ? current_->generation : 0; }

 private:
  Result<void> read_manifest() {
    current_ = FO_TRY(read_restored_generation(state_));
    if (!current_ || current_->target != tree_.target()) return {};
    manifest_ = FO_TRY(read_restore_manifest(state_, current_->generation));
    return {};
  }

  [[nodiscard]] PlanFacts facts() const {
    return {backup_.listing.entries, manifest_ ? &*manifest_ : nullptr, survey_, options_.take_over};
  }

  static std::vector<std::string> mounts_of(const DraftPlan& plan) {
    std::set<std::string> mounts;
    for (const auto& draft : plan.acts) mounts.insert(draft.act.mount);
    if (mounts.empty()) mounts.insert("");
    return {mounts.begin(), mounts.end()};
  }

  /// Everything up to the commit; nothing live is touched. The plan that was made durable.
  Result<RestorePlanFile> until_commit(RestoreJournal& journal, Slots& slots, const DraftPlan& first,
                                       const Context& context) {
    const auto mounts = mounts_of(first);
    for (const auto& mount : mounts) FO_TRY(slots.make(mount));
    Stage stage(backup_, slots);
    FO_TRY(stage.fill(first, context));
    FO_TRY(context.check());
    FO_TRY(journal.reach(RunPhase::pre_hook));
    FO_TRY(run_pre_hook(*journal.open_run(), context));
    auto plan = FO_TRY(look(context));
    for (const auto& mount : mounts_of(plan)) {
      if (!slots.has(mount)) {
        return fail(ErrorKind::conflict, tree_.target() + "/" + mount + " was mounted in the middle of the restore");
      }
    }
    FO_TRY(stage.fill(plan, context));
    FO_TRY(prepare_acts(tree_, slots, survey_, &backup_.listing.entries, plan));
    auto manifest = manifest_of(facts(), plan);
    manifest.generation = journal.open_run()->number;
    manifest.target = tree_.target();
    FO_TRY(write_restore_manifest(state_, manifest));
    return commit_plan(state_, journal, tree_, slots, plan, context);
  }

  [[nodiscard]] RestoreReport report(const RestorePlanFile& plan, std::uint64_t number) const {
    RestoreReport report;
    report.generation = number;
    report.backup = backup_.facts.path.string();
    report.acts = plan.acts.size();
    for (const auto& act : plan.acts) report.bytes += act.new_file ? act.new_file->size : 0;
    report.warnings = backup_.facts.warnings;
    return report;
  }

  const StateDir& state_;
  const OpenBackup& backup_;
  const RestoreOptions& options_;
  LiveTree tree_;
  bool looked_ = false;
  std::optional<RestoredGeneration> current_;
  std::optional<RestoreManifest> manifest_;
  Survey survey_;
};

}  // namespace

Result<RestorePlan> plan_tree(const StateDir& state, const OpenBackup& backup, const RestoreOptions& options,
                              const Context& context) {
  auto tree = FO_TRY(TreeRestore::open_target(backup, options));
  TreeRestore restore(state, backup, options, std::move(tree));
  const auto draft = FO_TRY(restore.look(context));
  RestorePlan plan;
  plan.backup = backup.facts;
  plan.target = restore.tree().target();
  plan.unchanged = draft.unchanged;
  plan.nothing_to_do = restore.nothing_to_do(draft);
  for (const auto& [act, size, reason] : draft.acts) {
    plan.acts.push_back({std::string(to_string(act.kind)), act.path, size, reason});
  }
  return plan;
}

Result<RestoreReport> restore_tree(const StateDir& state, RestoreJournal& journal, const OpenBackup& backup,
                                   const RestoreOptions& options, const Context& context) {
  auto tree = FO_TRY(TreeRestore::open_target(backup, options));
  TreeRestore restore(state, backup, options, std::move(tree));
  const auto plan = FO_TRY(restore.look(context));
  if (!restore.nothing_to_do(plan)) return restore.run(journal, plan, context);
  return RestoreReport{.nothing_to_do = true,
                       .generation = restore.current(),
                       .backup = backup.facts.path.string(),
                       .warnings = backup.facts.warnings};
}

}  // namespace failover
