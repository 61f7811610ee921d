#include "fo-fetch/run.hpp"

#include <memory>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>
#include <failover/registry.hpp>

#include "cli/session.hpp"
#include "cli/tool.hpp"
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
  auto source = FO_TRY(make_source(command_.source, command_.access));
  const auto fetcher = FO_TRY(make_fetcher(std::move(source), command_.fetch));
  if (command_.list) return show_list(FO_TRY(fetcher->survey(session.context)), session.output);
  if (session.options.dry_run) return show_plan(FO_TRY(fetcher->plan(session.context)), session.output);
  return show_outcome(FO_TRY(fetcher->run(session.context)), session.output);
}

}  // namespace failover::cli
