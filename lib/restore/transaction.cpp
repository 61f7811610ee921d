#include "restore/transaction.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "restore/act_step.hpp"
#include "restore/apply.hpp"
#include "restore/checks.hpp"
#include "restore/hooks.hpp"
#include "restore/live_tree.hpp"
#include "restore/manifest_of.hpp"
#include "restore/slots.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_manifest.hpp"
#include "state/restore_marker.hpp"
#include "state/restore_plan_file.hpp"
#include "state/restored_generation.hpp"

namespace failover {

std::unexpected<Error> unfinished(const Error& error) {
  return fail(ErrorKind::unfinished,
              error.message + "; the restore stands half way: mend that, then type fo-restore --recover");
}

Result<void> Transaction::commit() {
  FO_TRY(RestoreMarker(state_).set(run().number, tree_.roots()));
  return journal_.reach(RunPhase::committed);
}

Result<void> Transaction::go(const RestorePlanFile& plan, Direction direction) {
  Applier applier(tree_, slots_);
  FO_TRY(applier.run(plan, direction, unstoppable(context_)));
  FO_TRY(slots_.sync());
  // Property effect: what counts is what lies there now.
  return applier.confirm(plan, direction);
}

Result<void> Transaction::forward(const RestorePlanFile& plan) {
  FO_TRY(go(plan, Direction::forward));
  auto after = run().after;
  if (after && run().kind == RunKind::restore) {
    auto manifest = FO_TRY(read_restore_manifest(state_, after->generation));
    FO_TRY(complete_manifest(tree_, manifest));
    FO_TRY(write_restore_manifest(state_, manifest));
    after->restored = std::chrono::system_clock::now();
  }
  FO_TRY(write_restored_generation(state_, after));
  FO_TRY(journal_.reach(RunPhase::applied));
  return RestoreMarker(state_).clear();
}

/// The post-hook starts them, the checks look whether they serve.
Result<std::vector<std::string>> Transaction::look_at_services() {
  FO_TRY(run_post_hook(run(), "restored", context_));
  return check_afterwards(run(), observer_, context_);
}

Result<void> Transaction::start_reverse(std::string_view reason) {
  FO_TRY(RestoreMarker(state_).set(run().number, tree_.roots()));
  return journal_.reach(RunPhase::reversing, reason);
}

Result<void> Transaction::backward(const RestorePlanFile& plan) {
  FO_TRY(go(plan, Direction::backward));
  FO_TRY(write_restored_generation(state_, run().before));
  FO_TRY(journal_.reach(RunPhase::reversed));
  return RestoreMarker(state_).clear();
}

Result<Ending> Transaction::finish(const RestorePlanFile& plan) {
  if (run().phase == RunPhase::committed) {
    const auto done = forward(plan);
    if (!done && (done.error().kind == ErrorKind::conflict || run().phase != RunPhase::committed)) {
      return unfinished(done.error());
    }
    if (!done) {
      // An error of the system, not a conflict: what was done can still be taken back.
      context_.note(Level::warning, done.error().message + "; taking back what was done");
      const auto reversing = start_reverse(done.error().message);
      if (!reversing) return unfinished(done.error());
    }
  }
  if (run().phase == RunPhase::applied) {
    const auto cleared = RestoreMarker(state_).clear();
    if (!cleared) return unfinished(cleared.error());
    const auto post = look_at_services();
    if (post) {
      const auto closed = journal_.finish("restored");
      if (!closed) return unfinished(closed.error());
      return Ending{true, "", *post};
    }
    context_.note(Level::warning, post.error().message + "; exchanging back");
    const auto reversing = start_reverse(post.error().message);
    if (!reversing) return unfinished(reversing.error());
  }
  if (run().phase == RunPhase::reversing) {
    const auto undone = backward(plan);
    if (!undone) return unfinished(undone.error());
  }
  const auto cleared = RestoreMarker(state_).clear();
  if (!cleared) return unfinished(cleared.error());
  const auto post = run_post_hook(run(), "undone", context_);
  if (!post && post.error().kind == ErrorKind::unfinished) return std::unexpected(post.error());
  if (!post) context_.note(Level::alarm, post.error().message + "; look whether the services run");
  Ending ending{false, run().reason};
  const auto closed = journal_.finish("undone");
  if (!closed) return unfinished(closed.error());
  return ending;
}

}  // namespace failover
