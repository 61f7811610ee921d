#pragma once

#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "cli/output.hpp"
#include "cli/tool.hpp"

namespace failover::promote_tool {

struct Readiness {
  const PromotionSettings& settings;
  const ReadySettings& readiness;
  const ReadyFacts& facts;
};

/// Judges, and says it: the plugin's line with its performance data, every row on a line of its own below it.
cli::Outcome show_readiness(const Readiness& seen, cli::Output& output);

}  // namespace failover::promote_tool
