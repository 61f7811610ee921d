#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/promoter.hpp>

#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// What the steps of one run share. Owned by the run, which outlives every step.
struct PromotionWork {
  const PromotionSettings& settings;
  PromotionParts& parts;
  const StateDir& state;
  PromotionJournal& journal;
  const PromotionPlan& plan;
  const Context& context;
  std::uint64_t epoch = 0;
  std::vector<std::string> others;    ///< nodes that may be serving: each is proven off
  bool goes_on = false;               ///< an interrupted run is continued behind its commit
  std::string detail;                 ///< what the step that runs now has to tell
  std::vector<std::string> warnings;  ///< for the report
  std::string superseded_by;          ///< the node whose newer mark was found in DNS
  std::vector<ViewOutcome> views;     ///< once the run has come to DNS
};

}  // namespace failover
