#include "fo-fetch/run.hpp"

#include <expected>
#include <memory>
#include <string>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>
#include <failover/registry.hpp>

#include "cli/session.hpp"
#include "cli/textfile.hpp"
#include "cli/tool.hpp"
#include "fo-fetch/metrics_text.hpp"
#include "fo-fetch/options.hpp"
#include "fo-fetch/render.hpp"

namespace failover::cli {

void FetchTool::declare(CLI::App& app) {
  declare_fetch_options(app, command_);
}

Result<Outcome> FetchTool::run(Session& session) {
  if (command_.source.empty()) return fail(ErrorKind::usage, "name the SOURCE of the backup; see fo-fetch --help");
  if (command_.access.stall_timeout <= Duration::zero()) return fail(ErrorKind::usage, "--stall-timeout must not be 0");
  command_.fetch.delta = command_.delta != "off";
  command_.fetch.state_dir = session.state_dir;
  command_.fetch.output = command_.output.value_or(session.state_dir / "backups");
  if (session.options.json) {
    command_.fetch.planned = [&session](const FetchPlan& plan) { tell_plan(plan, session.output); };
  }
  auto source = FO_TRY(make_source(command_.source, command_.access));
  const auto location = source->describe();
  const auto fetcher = FO_TRY(make_fetcher(std::move(source), command_.fetch));
  if (command_.list) return show_list(FO_TRY(fetcher->survey(session.context)), session.output);
  if (session.options.dry_run) return show_plan(FO_TRY(fetcher->plan(session.context)), session.output);
  const auto began = Deadline::Clock::now();
  const auto outcome = fetcher->run(session.context);
  write_metrics(*fetcher, location, outcome, Deadline::Clock::now() - began, session);
  if (!outcome) return std::unexpected(outcome.error());
  return show_outcome(*outcome, session.output);
}

void FetchTool::write_metrics(Fetcher& fetcher, const std::string& location, const Result<FetchOutcome>& outcome,
                              Duration took, Session& session) {
  if (!command_.metrics_file) return;
  // Another run is at work, which counts itself (property alone).
  if (!outcome && outcome.error().kind == ErrorKind::locked) return;
  const auto counters = fetcher.count(outcome);
  const auto written = counters
                           ? replace_textfile(*command_.metrics_file, metrics_text(location, *counters, !outcome, took))
                           : Result<void>(std::unexpected(counters.error()));
  // Whether the backup is good does not hang on a number in a file.
  if (!written) session.output.note(Level::warning, written.error().message);
}

}  // namespace failover::cli
