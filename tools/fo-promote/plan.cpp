#include "fo-promote/plan.hpp"

#include <string>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/json.hpp"
#include "fo-promote/options.hpp"
#include "fo-promote/run.hpp"

namespace failover::promote_tool {

namespace {

std::string verdict(const PromotionPlan& plan) {
  switch (plan.decision) {
    case PromotionDecision::go:
      return fmt::format("a run could go now, to epoch {}", plan.epoch);
    case PromotionDecision::go_on:
      return fmt::format("a run would go on with step {} of epoch {}", to_string(plan.first), plan.epoch);
    case PromotionDecision::nothing_to_do:
      return fmt::format("nothing to do: this host is active since epoch {}", plan.epoch);
    case PromotionDecision::stop:
      break;
  }
  std::string reasons;
  for (const auto& each : plan.objections) reasons.append(reasons.empty() ? "" : "; ").append(each.reason);
  return "a run would be refused: " + reasons;
}

}  // namespace

Result<cli::Outcome> run_plan(const PromoteOptions& options, cli::Session& session) {
  auto assembly = FO_TRY(assemble(options, session, is_attended(options)));
  auto parts = assembly.parts();
  const auto plan = prepare_promotion(assembly.settings, parts, session.context);
  FO_TRY(session.context.check());
  for (const auto& line : promotion_evidence(assembly.settings, plan)) session.output.print(line);
  session.output.object("plan", plan_json(assembly.settings, plan));
  cli::Outcome outcome;
  outcome.message = verdict(plan);
  if (plan.decision == PromotionDecision::stop) outcome.status = cli::exit_status(ErrorKind::refused, 0);
  return outcome;
}

}  // namespace failover::promote_tool
