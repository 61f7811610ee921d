#pragma once

#include <functional>
#include <optional>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "promote/notices.hpp"
#include "promote/work.hpp"
#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// One run along the state table, under the host's lock, which the caller holds.
class PromotionRun {
 public:
  PromotionRun(const PromotionSettings& settings, PromotionParts& parts, const StateDir& state,
               PromotionJournal& journal, Notices& notices, const Context& context);

  /// Looks, plans, asks, acts. Called once.
  PromotionReport run(const PromotionApproval& approve);

 private:
  /// From looking to the end of the table.
  Result<void> attempt(const PromotionApproval& approve);
  /// The claim was lost before the commit, by a lease that ended while this host stood still: it is taken anew, a few
  /// times.
  bool starts_again(const Error& error);
  Result<void> prepare(const PromotionApproval& approve);
  Result<void> follow_table();
  /// An interrupted run goes on, if it was not superseded.
  Result<void> take_up();
  /// Nobody may have switched a node on again meanwhile.
  Result<void> confirm_fences_again();
  Result<void> timed(PromotionStep step, const std::function<Result<void>()>& deed);
  /// One step, with its place in journal and timeline.
  Result<void> take(PromotionStep step);
  Result<void> perform(PromotionStep step);
  /// That a step is completed stands in the record of the next one; where none follows, in one of its own.
  Result<void> write_left();

  Result<void> claim();
  Result<void> observe_again();
  Result<void> commit();
  Result<void> finish();

  /// Before the first fence command: gives everything back.
  void withdraw();
  void end_superseded();
  /// The failure as the caller sees it, what was withdrawn because of it, and who serves now.
  void conclude(const Error& error);
  /// A switchover that failed before its commit; false: it could not be given back.
  bool gave_back(const Error& error);
  void tell_begin();
  [[nodiscard]] std::string next_after() const;
  void note_failure(const Result<void>& result);
  [[nodiscard]] RoleRecord standby() const;

  const PromotionSettings& settings_;
  PromotionParts& parts_;
  const StateDir& state_;
  PromotionJournal& journal_;
  Notices& notices_;
  const Context& context_;
  std::optional<RoleRecord> role_before_;
  PromotionPlan plan_;
  PromotionWork work_;
  PromotionReport report_;
  std::optional<PromotionStep> left_;  ///< completed, and not yet written down
  bool open_before_ = false;           ///< this run continues an interrupted one
  bool superseded_ = false;            ///< a newer promotion has won
  bool claimed_ = false;               ///< by this run
  unsigned claims_lost_ = 0;           ///< of this run, before its commit
  bool fence_begun_ = false;  ///< by this run or the one it continues: from here only done, warning or unfinished
  bool serving_ = false;      ///< the service answers here
  bool stopped_ = false;      ///< --until was reached
};

}  // namespace failover
