#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "restore/act_step.hpp"
#include "restore/live_tree.hpp"
#include "restore/slots.hpp"
#include "state/restore_journal.hpp"
#include "state/restore_plan_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// How a run ended that did not fail to end.
struct Ending {
  bool restored = false;  ///< else it was undone
  std::string reason;     ///< why it was undone
  std::vector<std::string> warnings{};
};

/// The part of a run that recovery shares with it: from the commit to the end, for the journal's open run. Each step is
/// journaled before the next, so that a run that dies anywhere is taken up where it was (property all-or-nothing).
class Transaction {
 public:
  Transaction(const StateDir& state, RestoreJournal& journal, const LiveTree& tree, const Slots& slots,
              const Context& context, Observer* observer) noexcept
      : state_(state), journal_(journal), tree_(tree), slots_(slots), context_(context), observer_(observer) {}

  /// Marker, then the record from which a crash goes forward.
  Result<void> commit();
  /// From committed, applied, reversing or reversed to done. Kind unfinished: a conflict, or an error that could
  /// neither be passed nor undone; the marker stays.
  Result<Ending> finish(const RestorePlanFile& plan);

 private:
  Result<void> forward(const RestorePlanFile& plan);
  Result<void> backward(const RestorePlanFile& plan);
  Result<void> go(const RestorePlanFile& plan, Direction direction);
  Result<std::vector<std::string>> look_at_services();
  Result<void> start_reverse(std::string_view reason);
  [[nodiscard]] const RestoreRun& run() const { return *journal_.open_run(); }

  const StateDir& state_;
  RestoreJournal& journal_;
  const LiveTree& tree_;
  const Slots& slots_;
  const Context& context_;
  Observer* observer_;
};

/// An error after which the tree may be mixed, in words that say how to go on.
std::unexpected<Error> unfinished(const Error& error);

}  // namespace failover
