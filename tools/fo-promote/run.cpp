#include "fo-promote/run.hpp"

#include <optional>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/exit_status.hpp"
#include "cli/session.hpp"
#include "cli/terminal.hpp"
#include "cli/tool.hpp"
#include "fo-promote/approval.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/html_report.hpp"
#include "fo-promote/options.hpp"
#include "fo-promote/plan.hpp"
#include "fo-promote/report.hpp"

namespace failover::promote_tool {

namespace {

constexpr int status_unfinished = 9;

int status_to_keep(const PromotionReport& report) {
  if (!report.failure) return cli::status_warning;
  return report.failure->kind == ErrorKind::unfinished ? status_unfinished : 0;
}

}  // namespace

Result<void> settle_confirmation(PromoteOptions& options) {
  if (options.boot && options.verb != Verb::resume) return fail(ErrorKind::usage, "--boot belongs to resume");
  if ((options.unattended || options.boot) && options.confirm.empty()) options.confirm = options.service;
  return {};
}

Result<void> check_confirmation(const PromoteOptions& options, const PromotionSettings& settings) {
  if (settings.attended) return {};
  if (options.confirm.empty()) {
    return fail(ErrorKind::usage, fmt::format("there is no terminal to ask at; add --confirm {}", settings.service));
  }
  if (options.confirm != settings.service) {
    return fail(ErrorKind::usage,
                fmt::format("--confirm {0} is not the service {1}; nothing was touched, type --confirm {1}",
                            options.confirm, settings.service));
  }
  return {};
}

bool is_attended(const PromoteOptions& options) {
  return options.confirm.empty() && cli::person_is_there();
}

Result<cli::Outcome> run_promotion(const PromoteOptions& options, cli::Session& session, int& touched) {
  if (session.options.dry_run) return run_plan(options, session);
  auto assembly = FO_TRY(assemble(options, session, is_attended(options)));
  FO_TRY(check_confirmation(options, assembly.settings));
  assembly.settings.leave_attended = options.boot;
  auto parts = assembly.parts();
  const auto ask = make_approval(options, assembly.settings, session, [&touched] { touched = status_unfinished; });
  std::optional<PromotionPlan> plan;
  const PromotionApproval approve = [&plan, &ask](const PromotionPlan& found, PromotionParts& those) {
    plan = found;
    return ask(found, those);
  };
  auto report = options.verb == Verb::resume ? resume_promotion(assembly.settings, parts, approve, session.context)
                                             : promote(assembly.settings, parts, approve, session.context);
  // Nothing but what the run itself has found decides its failure; a page that cannot be written is a warning.
  if (!options.report.empty()) {
    const auto written = write_html_report(options.report, assembly.settings, plan, report);
    if (!written) report.warnings.push_back(written.error().message);
  }
  touched = status_to_keep(report);
  return report_outcome(report, session);
}

Result<cli::Outcome> run_abort(const PromoteOptions& options, cli::Session& session) {
  auto assembly = FO_TRY(assemble_for_abort(options, session));
  return report_outcome(abort_promotion(assembly.settings, *assembly.arbiter, session.context, assembly.notifiers),
                        session);
}

}  // namespace failover::promote_tool
