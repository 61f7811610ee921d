#include "fo-probe/probe_tool.hpp"

#include <algorithm>
#include <chrono>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/registry.hpp>
#include <failover/watch.hpp>

#include "cli/exit_status.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-probe/count_rule.hpp"
#include "fo-probe/metrics_file.hpp"
#include "fo-probe/perfdata.hpp"
#include "fo-probe/plugin_result.hpp"
#include "fo-probe/probe_json.hpp"
#include "fo-probe/probe_options.hpp"
#include "fo-probe/systemd_notify.hpp"
#include "fo-probe/target_list.hpp"
#include "fo-probe/watch_report.hpp"

namespace failover::cli {

namespace {

constexpr int status_unknown = 3;
// Metrics must not grow old while nothing changes.
constexpr Duration longest_silence = std::chrono::seconds(5);

/// The addresses of our own [node.NAME] section.
Result<std::vector<std::string>> addresses_of(const std::string& node, const Session& session) {
  for (const auto& section : session.nodes) {
    if (section.name == node) return section.addresses;
  }
  return fail(ErrorKind::config, fmt::format("--node {}: the configuration has no section [node.{}]", node, node));
}

}  // namespace

void ProbeTool::declare(CLI::App& app) {
  declare_probe_options(app, options_);
}

int ProbeTool::status_of(const Error& error, int signal_number) const noexcept {
  if (options_.watch && error.kind == ErrorKind::cancelled) return exit_status(error.kind, signal_number);
  return status_unknown;
}

Result<ProbeOptions> ProbeTool::probe_options(const Session& session) const {
  ProbeOptions options;
  options.timeout = session.options.timeout.value_or(options.timeout);
  options.warning = options_.warning;
  options.critical = options_.critical;
  options.cert_warning = options_.cert_warning;
  options.cert_critical = options_.cert_critical;
  options.source_address = options_.source_address.value_or("");
  if (options_.warning && options_.critical && *options_.warning > *options_.critical) {
    return fail(ErrorKind::usage, "--warning is longer than --critical");
  }
  if (options_.node) options.own_addresses = FO_TRY(addresses_of(*options_.node, session));
  return options;
}

Result<Outcome> ProbeTool::run(Session& session) {
  const auto prepared = [&]() -> Result<Outcome> {
    const auto targets = FO_TRY(read_targets(options_));
    const auto references = FO_TRY(read_references(options_));
    return options_.watch ? watch_on(session, targets, references) : look(session, targets, references);
  };
  auto outcome = prepared();
  // A poller shows what a plugin says on stdout.
  if (!outcome && !options_.watch) session.output.print("PROBE UNKNOWN - " + outcome.error().message);
  return outcome;
}

Result<Outcome> ProbeTool::look(Session& session, std::span<const Target> targets, std::span<const Target> references) {
  const auto probe = FO_TRY(probe_options(session));
  const Policy policy{FO_TRY(parse_count_rule(options_.fail_when, targets.size(), "--fail-when")),
                      options_.weak_counts};
  const Policy reference_policy{
      FO_TRY(parse_count_rule(options_.reference_when, references.size(), "--reference-when")), true};
  const auto observer = FO_TRY(make_observer(probe));
  auto observations = observer->observe(targets, session.context);
  if (options_.suspect_for > Duration::zero()) observations = doubt_lone_silence(std::move(observations));
  auto verdict = judge(observations, policy);
  if (verdict.health == Health::down && !references.empty()) {
    const auto vouching = observer->observe(references, session.context);
    for (const auto& one : vouching) session.output.object("check", check_fields(one, true));
    verdict = with_references(std::move(verdict), vouching, reference_policy);
  }
  for (const auto& one : observations) session.output.object("check", check_fields(one, false));
  session.output.object("verdict", verdict_fields(verdict));
  if (options_.metrics_file) {
    MetricsFile metrics(*options_.metrics_file);
    for (const auto& one : observations) metrics.add(one);
    metrics.set(verdict);
    FO_TRY(metrics.write());
  }
  const auto result = plugin_result(verdict, observations);
  const auto performance = perfdata(observations, probe);
  session.output.print(performance.empty() ? result.summary : result.summary + " | " + performance);
  return Outcome{result.status, {}, result_fields(result.summary, verdict)};
}

Result<Outcome> ProbeTool::watch_on(Session& session, std::span<const Target> targets,
                                    std::span<const Target> references) {
  WatchOptions options;
  options.probe = FO_TRY(probe_options(session));
  options.policy = {FO_TRY(parse_count_rule(options_.fail_when, targets.size(), "--fail-when")), options_.weak_counts};
  options.reference_policy = {FO_TRY(parse_count_rule(options_.reference_when, references.size(), "--reference-when")),
                              true};
  options.until = options_.until == "up" ? Health::up : Health::down;
  options.interval = options_.interval;
  const Duration shortest_retry = std::min<Duration>(options_.interval, std::chrono::seconds(1));
  options.retry_interval = options_.retry_interval.value_or(std::max<Duration>(options_.interval / 5, shortest_retry));
  options.fall = options_.fall;
  options.rise = options_.rise;
  options.suspect_for = options_.suspect_for;
  options.assume_was_up = options_.assume_was_up;
  options.keep_open = options_.keep_open;
  const auto watchdog = systemd_watchdog_interval();
  options.alive_every = watchdog ? std::min<Duration>(longest_silence, *watchdog / 2) : longest_silence;
  const auto seen_up = FO_TRY(open_seen_up(session.state_dir));
  std::optional<MetricsFile> metrics;
  if (options_.metrics_file) metrics.emplace(*options_.metrics_file);
  WatchReport report(session.output, metrics);
  systemd_notify("READY=1\nSTATUS=watching");
  const auto watch = FO_TRY(make_watch(
      {{targets.begin(), targets.end()}, {references.begin(), references.end()}, options}, *seen_up, report));
  const auto verdict = FO_TRY(watch->run(session.context));
  systemd_notify("STOPPING=1");
  return Outcome{
      status_done, {}, result_fields(fmt::format("the verdict is {}: {}", options_.until, verdict.reason), verdict)};
}

}  // namespace failover::cli
