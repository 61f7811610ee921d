#include "fo-promote/demote.hpp"

#include <expected>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/approval.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/options.hpp"
#include "fo-promote/run.hpp"

namespace failover::promote_tool {

namespace {

using nlohmann::json;

Result<cli::Outcome> show(const DemotionPlan& plan, cli::Session& session) {
  session.output.object(
      "plan", json{{"node", plan.node}, {"role", plan.role}, {"epoch", plan.epoch}, {"steps", plan.steps}}.dump());
  session.output.print(fmt::format("{}: {} of epoch {}", plan.node, plan.role, plan.epoch));
  for (const auto& step : plan.steps) session.output.print("  " + step);
  if (plan.steps.empty()) session.output.print("  nothing to do");
  return cli::Outcome{};
}

/// Something was stopped: the end is told by what is left to do, also when a signal came.
std::unexpected<Error> touched_by(const Error& error, const std::string& next, int& touched) {
  if (error.kind != ErrorKind::unfinished) return std::unexpected(error);
  touched = cli::exit_status(ErrorKind::unfinished, 0);
  return fail(ErrorKind::unfinished, fmt::format("{}; type {}", error.message, next));
}

}  // namespace

Result<cli::Outcome> run_demote(const PromoteOptions& options, cli::Session& session, int& touched) {
  auto assembly = FO_TRY(assemble_for_demote(options, session, is_attended(options)));
  const auto& settings = assembly.settings;
  if (session.options.dry_run) {
    const auto plan = FO_TRY(plan_demotion(settings, *assembly.arbiter, *assembly.self_observer, session.context));
    return show(plan, session);
  }
  FO_TRY(
      confirm_service(options, settings, "This host stops, and nobody serves until another one is promoted", session));
  const auto done = demote(settings, *assembly.arbiter, *assembly.self_observer, session.context);
  if (!done) {
    return touched_by(done.error(),
                      fmt::format("again: {}, or, to serve again: {} {}", assembly.demote_command,
                                  settings.give_back_command, settings.node),
                      touched);
  }
  cli::Outcome outcome;
  outcome.message =
      done->steps.empty()
          ? fmt::format("nothing to do: {} is a standby of {}, and nothing runs here", done->node, options.service)
          : fmt::format(
                "{} is a standby of {}; nobody serves until another host is promoted: type there: "
                "fo-promote run",
                done->node, options.service);
  outcome.fields = json{{"node", done->node}, {"epoch", done->epoch}, {"steps", done->steps}}.dump();
  session.output.print(outcome.message);
  return outcome;
}

Result<cli::Outcome> run_serve_again(const PromoteOptions& options, cli::Session& session, int& touched) {
  auto assembly = FO_TRY(assemble_for_demote(options, session, is_attended(options)));
  const auto& settings = assembly.settings;
  if (session.options.dry_run) return fail(ErrorKind::usage, "--dry-run does not go with give-back");
  FO_TRY(confirm_service(options, settings, "The services of this host start again", session));
  const auto epoch = serve_again(settings, *assembly.arbiter, *assembly.self_observer, session.context);
  if (!epoch) {
    return touched_by(epoch.error(), fmt::format("again: {} {}", settings.give_back_command, settings.node), touched);
  }
  cli::Outcome outcome;
  outcome.message = fmt::format("{} serves {} again, epoch {}", settings.node, options.service, *epoch);
  outcome.fields = json{{"serving", settings.node}, {"epoch", *epoch}}.dump();
  session.output.print(outcome.message);
  return outcome;
}

}  // namespace failover::promote_tool
