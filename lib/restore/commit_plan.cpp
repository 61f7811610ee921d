#include "restore/commit_plan.hpp"

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "restore/dress.hpp"
#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "restore/preflight.hpp"
#include "restore/slots.hpp"
#include "restore/survey.hpp"
#include "restore/transaction.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_plan_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

Result<void> prepare_acts(const LiveTree& tree, const Slots& slots, const Survey& survey, const Wardrobe& wardrobe,
                          DraftPlan& plan) {
  FO_TRY(dress(tree, slots, survey, wardrobe, plan));
  FO_TRY(preflight(tree, slots, survey, plan));
  return slots.sync();
}

Result<RestorePlanFile> commit_plan(const StateDir& state, RestoreJournal& journal, const LiveTree& tree,
                                    const Slots& slots, const DraftPlan& plan, const Context& context) {
  RestorePlanFile file;
  file.run = journal.open_run()->number;
  file.slots = journal.open_run()->slots;
  file.roots = tree.roots();
  file.acts.reserve(plan.acts.size());
  for (const auto& draft : plan.acts) file.acts.push_back(draft.act);
  FO_TRY(while_doing("writing the plan", write_restore_plan(state, file)));
  FO_TRY(context.check());
  FO_TRY(Transaction(state, journal, tree, slots, context, nullptr).commit());
  return file;
}

}  // namespace failover
