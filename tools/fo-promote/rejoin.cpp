#include "fo-promote/rejoin.hpp"

#include <chrono>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/approval.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/demote.hpp"
#include "fo-promote/json.hpp"
#include "fo-promote/options.hpp"
#include "fo-promote/run.hpp"

namespace failover::promote_tool {

namespace {

std::string time_text(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", std::chrono::floor<std::chrono::seconds>(time));
}

Result<Assembly> assemble_for(const PromoteOptions& options, const cli::Session& session, const std::string& verb) {
  if (session.options.dry_run) return fail(ErrorKind::usage, "--dry-run does not go with " + verb);
  return assemble(options, session, is_attended(options));
}

}  // namespace

Result<cli::Outcome> run_rejoin(const PromoteOptions& options, cli::Session& session) {
  auto assembly = FO_TRY(assemble_for(options, session, "rejoin"));
  FO_TRY(confirm_service(options, assembly.settings,
                         "What runs here is stopped, and its data is replaced by the active host's", session));
  auto parts = assembly.parts();
  const auto done = FO_TRY(rejoin(assembly.settings, parts, session.context));
  for (const auto& warning : done.warnings) session.output.note(Level::warning, warning);
  cli::Outcome outcome;
  outcome.status = done.warnings.empty() ? cli::status_done : cli::status_warning;
  outcome.message = fmt::format("{} is a standby of {}, which is active with epoch {}", assembly.settings.node,
                                done.active, done.epoch);
  outcome.message += done.backup_time ? fmt::format("; its backup of {} is restored here", time_text(*done.backup_time))
                                      : "; now bring its newest backup here: fo-fetch SOURCE | fo-restore .. -";
  nlohmann::json fields{{"active", done.active}, {"epoch", done.epoch}, {"warnings", done.warnings}};
  if (done.backup_time) fields["backup_time"] = time_text(*done.backup_time);
  outcome.fields = fields.dump();
  session.output.print(outcome.message);
  return outcome;
}

Result<cli::Outcome> run_give_back(const PromoteOptions& options, cli::Session& session, int& touched) {
  if (options.give_back_to.empty()) {
    return fail(ErrorKind::usage, "which node shall serve again? Type: fo-promote give-back NODE");
  }
  auto assembly = FO_TRY(assemble_for(options, session, "give-back"));
  if (options.give_back_to == assembly.settings.node) return run_serve_again(options, session, touched);
  FO_TRY(confirm_service(options, assembly.settings,
                         fmt::format("This host stops, and {} becomes the active one", options.give_back_to), session));
  auto parts = assembly.parts();
  const auto done = give_back(assembly.settings, parts, options.give_back_to, session.context);
  // Something was stopped: the end is told by what is left to do, also when a signal came.
  if (!done && done.error().kind == ErrorKind::unfinished) touched = cli::exit_status(ErrorKind::unfinished, 0);
  if (!done) return std::unexpected(done.error());
  cli::Outcome outcome;
  outcome.message = fmt::format("{} is active as {} with epoch {}; this host is a standby", options.give_back_to,
                                options.service, done->epoch);
  nlohmann::json fields{{"serving", options.give_back_to}, {"epoch", done->epoch}};
  fields["views"] = nlohmann::json::array();
  for (const auto& view : done->views) fields["views"].push_back(nlohmann::json::parse(view_json(view)));
  outcome.fields = fields.dump();
  session.output.print(outcome.message);
  return outcome;
}

}  // namespace failover::promote_tool
