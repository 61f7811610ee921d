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
#include <failover/observer.hpp>
#include <failover/restorer.hpp>

#include "archive/entry_path.hpp"
#include "archive/entry_tree.hpp"
#include "restore/backup_choice.hpp"
#include "restore/backup_contents.hpp"
#include "restore/commit_plan.hpp"
#include "restore/dress.hpp"
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

/// One restore of one backup into its roots, until its commit.
class TreeRestore {
 public:
  TreeRestore(const StateDir& state, const OpenBackup& backup, const RestoreOptions& options, LiveTree tree) noexcept
      : state_(state), backup_(backup), options_(options), tree_(std::move(tree)) {}

  static Result<LiveTree> open_roots(const OpenBackup& backup, const RestoreOptions& options) {
    auto tree = FO_TRY(LiveTree::open(options.roots));
    for (const auto& root : tree.roots()) {
      if (!valid_utf8(root.directory)) return fail(ErrorKind::usage, "the path of a target is not valid UTF-8");
    }
    FO_TRY(check_mapped(backup.listing.entries, tree.roots(), options.ignore_unmapped));
    if (tree.folds_case()) FO_TRY(check_case(tree_of(backup.listing.entries)));
    return tree;
  }

  /// What is there now and what is to be done; also again after the pre-hook.
  Result<DraftPlan> look(const Context& context) {
    if (!looked_) FO_TRY(read_manifest());
    looked_ = true;
    const auto* known = manifest_ ? &*manifest_ : nullptr;
    const auto& entries = backup_.listing.entries;
    const SurveyScope scope{paths_to_survey(entries, tree_.roots(), known), options_.mirror, state_.root()};
    auto survey = survey_tree(tree_, scope, context);
    if (!survey) return std::unexpected(survey.error());
    survey_ = std::move(*survey);
    return plan_restore(facts());
  }

  /// Everything is as in the backup already, and known to be ours.
  [[nodiscard]] bool nothing_to_do(const DraftPlan& plan) const {
    return plan.acts.empty() && current_ && current_->roots == tree_.roots();
  }

  /// A later backup of the same content: it is what is applied now. The generation, and with it what --rollback goes
  /// back to, stays.
  Result<void> confirm() {
    if (!current_) return {};
    const auto backup = backup_.facts.path.string();
    if (current_->backup == backup && current_->backup_time == backup_.facts.time) return {};
    current_->backup = backup;
    current_->backup_time = backup_.facts.time;
    current_->sha256 = backup_.facts.sha256;
    return write_restored_generation(state_, current_);
  }

  Result<RestoreReport> run(RestoreJournal& journal, const DraftPlan& plan, Observer* observer,
                            const Context& context) {
    auto run = FO_TRY(new_run(state_, journal, RunKind::restore, options_.hooks));
    run.roots = tree_.roots();
    run.keep_undo = options_.keep_undo;
    run.checks = options_.checks.targets;
    run.check_timeout = std::chrono::ceil<std::chrono::milliseconds>(options_.checks.timeout);
    run.mounts = mounts_of(plan);
    auto facts = backup_.facts;
    if (!options_.demands.any()) facts.contents = FO_TRY(contents_or_unknown(backup_, context));
    run.after = generation_of(facts, run);
    const auto number = run.number;
    FO_TRY(journal.begin(std::move(run)));
    Slots slots(tree_, number);
    auto committed = until_commit(journal, slots, plan, context);
    if (!committed) return std::unexpected(abort_open_run(state_, journal, committed.error(), context));
    const auto ending = FO_TRY(Transaction(state_, journal, tree_, slots, context, observer).finish(*committed));
    sweep(state_, journal, context);
    if (!ending.restored) return fail(ErrorKind::io, ending.reason + "; everything is as it was before");
    auto done = report(*committed, number);
    done.warnings.insert(done.warnings.end(), ending.warnings.begin(), ending.warnings.end());
    return done;
  }

  [[nodiscard]] const LiveTree& tree() const noexcept { return tree_; }
  [[nodiscard]] std::uint64_t current() const noexcept { return current_ ? current_->generation : 0; }

 private:
  Result<void> read_manifest() {
    current_ = FO_TRY(read_restored_generation(state_));
    if (!current_ || current_->roots.empty()) return {};
    manifest_ = manifest_for(FO_TRY(read_restore_manifest(state_, current_->generation)), tree_.roots());
    return {};
  }

  [[nodiscard]] PlanFacts facts() const {
    return {backup_.listing.entries, manifest_ ? &*manifest_ : nullptr, survey_, tree_.roots(), options_.take_over,
            options_.mirror};
  }

  [[nodiscard]] std::vector<std::string> mounts_of(const DraftPlan& plan) const {
    std::set<std::string> mounts;
    for (const auto& draft : plan.acts) mounts.insert(draft.act.mount);
    // Each root has its slots: what a service changes there before the pre-hook stops it is work too.
    for (const auto& root : tree_.roots()) mounts.insert(root.prefix);
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
        return fail(ErrorKind::conflict,
                    tree_.shown(mount) + " was mounted or changed in the middle of the restore; run it again");
      }
    }
    FO_TRY(stage.fill(plan, context));
    FO_TRY(prepare_acts(tree_, slots, survey_, Wardrobe{&backup_.listing.entries, options_.owner}, plan));
    auto manifest = manifest_of(facts(), plan);
    manifest.generation = journal.open_run()->number;
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
  auto tree = FO_TRY(TreeRestore::open_roots(backup, options));
  TreeRestore restore(state, backup, options, std::move(tree));
  const auto draft = FO_TRY(restore.look(context));
  RestorePlan plan;
  plan.backup = backup.facts;
  plan.roots = restore.tree().roots();
  plan.unchanged = draft.unchanged;
  plan.unchanged_bytes = draft.unchanged_bytes;
  plan.nothing_to_do = restore.nothing_to_do(draft);
  for (const auto& [act, size, reason] : draft.acts) {
    plan.acts.push_back({std::string(to_string(act.kind)), act.path, restore.tree().shown(act.path), size, reason});
  }
  return plan;
}

Result<RestoreReport> restore_tree(const StateDir& state, RestoreJournal& journal, const OpenBackup& backup,
                                   const RestoreOptions& options, Observer* observer, const Context& context) {
  auto tree = FO_TRY(TreeRestore::open_roots(backup, options));
  TreeRestore restore(state, backup, options, std::move(tree));
  const auto plan = FO_TRY(restore.look(context));
  if (!restore.nothing_to_do(plan)) return restore.run(journal, plan, observer, context);
  FO_TRY(restore.confirm());
  return RestoreReport{.nothing_to_do = true,
                       .generation = restore.current(),
                       .backup = backup.facts.path.string(),
                       .warnings = backup.facts.warnings};
}

}  // namespace failover
