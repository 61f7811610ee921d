#include "fo-probe/probe_tool.hpp"

#include <span>
#include <string>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/registry.hpp>
#include <failover/watch.hpp>

#include "cli/exit_status.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-probe/metrics_file.hpp"
#include "fo-probe/perfdata.hpp"
#include "fo-probe/plugin_result.hpp"
#include "fo-probe/probe_json.hpp"
#include "fo-probe/probe_options.hpp"
#include "fo-probe/target_list.hpp"
#include "fo-probe/watch_command.hpp"
#include "fo-probe/watch_plan.hpp"
#include "fo-probe/witness_look.hpp"
#include "fo-probe/witness_options.hpp"

namespace failover::cli {

namespace {

constexpr int status_unknown = 3;

}  // namespace

void ProbeTool::declare(CLI::App& app) {
  declare_probe_options(app, options_);
}

int ProbeTool::status_of(const Error& error, int signal_number) const noexcept {
  if (options_.watch && error.kind == ErrorKind::cancelled) return exit_status(error.kind, signal_number);
  return status_unknown;
}

Result<Outcome> ProbeTool::run(Session& session) {
  if (options_.watch) return WatchCommand(session, options_).run();
  auto outcome = look_once(session);
  // A poller shows what a plugin says on stdout.
  if (!outcome) session.output.print("PROBE UNKNOWN - " + outcome.error().message);
  return outcome;
}

Result<Outcome> ProbeTool::look_once(Session& session) {
  if (options_.on_change) return fail(ErrorKind::usage, "--on-change needs --watch: one look changes nothing");
  FO_TRY(check_witness_options(options_));
  const bool nothing_here = options_.targets.empty() && !options_.targets_from && !options_.host;
  if (nothing_here && options_.observers && !options_.publish) return only_ask_observers(session);
  const auto targets = FO_TRY(read_targets(options_));
  const auto references = FO_TRY(read_references(options_));
  return look(session, targets, references);
}

Result<Outcome> ProbeTool::only_ask_observers(Session& session) {
  const auto say = FO_TRY(ask_observers(options_, session));
  session.output.object("verdict", verdict_fields(say.verdict));
  auto result = plugin_result(say.verdict, {});
  if (!say.all_up) result = at_least_warning(std::move(result));
  session.output.print(result.summary);
  return Outcome{result.status, {}, result_fields(result.summary, say.verdict)};
}

Result<Outcome> ProbeTool::look(Session& session, std::span<const Target> targets, std::span<const Target> references) {
  const auto probe = FO_TRY(make_probe_options(options_, session.options, session.nodes));
  const auto policies = FO_TRY(make_policies(options_, targets.size(), references.size()));
  const auto observer = FO_TRY(make_observer(probe));
  auto observations = observer->observe(targets, session.context);
  if (options_.suspect_for > Duration::zero()) observations = doubt_lone_silence(std::move(observations));
  auto verdict = judge(observations, policies.targets);
  if (verdict.health == Health::down && !references.empty()) {
    const auto vouching = observer->observe(references, session.context);
    for (const auto& one : vouching) session.output.object("check", check_fields(one, true));
    verdict = with_references(std::move(verdict), vouching, policies.references);
  }
  for (const auto& one : observations) session.output.object("check", check_fields(one, false));
  // Others are told what this host sees by itself.
  Result<void> published;
  if (options_.publish) published = publish_look(options_, session, verdict, observations);
  if (options_.observers) {
    verdict = with_second_opinion(std::move(verdict), FO_TRY(ask_observers(options_, session)).verdict);
  }
  session.output.object("verdict", verdict_fields(verdict));
  if (options_.metrics_file) {
    MetricsFile metrics(*options_.metrics_file);
    for (const auto& one : observations) metrics.add(one);
    metrics.set(verdict);
    FO_TRY(metrics.write());
  }
  auto result = plugin_result(verdict, observations);
  if (!published) {
    session.output.note(Level::warning, published.error().while_doing("publishing the verdict").message);
    result = at_least_warning(std::move(result));
  }
  const auto performance = perfdata(observations, probe);
  session.output.print(performance.empty() ? result.summary : result.summary + " | " + performance);
  return Outcome{result.status, {}, result_fields(result.summary, verdict)};
}

}  // namespace failover::cli
