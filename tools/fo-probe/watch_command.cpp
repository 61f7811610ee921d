#include "fo-probe/watch_command.hpp"

#include <algorithm>
#include <chrono>
#include <expected>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "cli/command_line.hpp"
#include "cli/config_file.hpp"
#include "cli/exit_status.hpp"
#include "cli/session.hpp"
#include "cli/shared_options.hpp"
#include "cli/tool.hpp"
#include "fo-probe/hangup_rounds.hpp"
#include "fo-probe/probe_json.hpp"
#include "fo-probe/probe_options.hpp"
#include "fo-probe/probe_tool.hpp"
#include "fo-probe/systemd_notify.hpp"
#include "fo-probe/target_list.hpp"
#include "fo-probe/watch_observers.hpp"
#include "fo-probe/watch_plan.hpp"
#include "fo-probe/watch_publisher.hpp"
#include "fo-probe/watch_systemd.hpp"
#include "fo-probe/witness_options.hpp"

namespace failover::cli {

namespace {

// Metrics must not grow old while nothing changes, nor what a person sees.
constexpr Duration longest_silence = std::chrono::seconds(5);
constexpr Duration longest_silence_for_a_person = std::chrono::seconds(1);

}  // namespace

WatchCommand::WatchCommand(Session& session, const ProbeToolOptions& options)
    : session_(session), options_(options), listeners_(session) {}

Result<Outcome> WatchCommand::run() {
  FO_TRY(join_observers());
  seen_up_ = FO_TRY(open_seen_up(session_.state_dir));
  auto plan = FO_TRY(plan_of(options_, session_.options, session_.nodes));
  FO_TRY(listeners_.configure(options_));
  if (plan.options.retry_interval < std::chrono::seconds(1)) {
    session_.output.note(Level::info, "checks less than a second apart: a PBX may take that for a flood and block us");
  }
  listeners_.remember_by(FO_TRY(make_watch_memory(session_.state_dir, session_.context.events)));
  watch_ = FO_TRY(make_watch(std::move(plan), *seen_up_, listeners_));
  HangupRounds rounds(session_.signals, session_.context.stop);
  systemd_ready();
  while (true) {
    Context round = session_.context;
    round.stop = rounds.begin();
    auto verdict = watch_->run(round);
    if (verdict) return reached(*verdict);
    const bool hangup = rounds.take_hangup();
    if (verdict.error().kind != ErrorKind::cancelled || session_.context.stop.stop_requested() || !hangup) {
      systemd_notify("STOPPING=1");
      return std::unexpected(std::move(verdict).error());
    }
    reload();
  }
}

Result<void> WatchCommand::join_observers() {
  FO_TRY(check_witness_options(options_));
  if (options_.publish) publisher_ = FO_TRY(WatchPublisher::create(options_, session_));
  if (options_.observers) observers_ = FO_TRY(WatchObservers::create(options_, session_));
  listeners_.publish_by(publisher_.get());
  return {};
}

Outcome WatchCommand::reached(const Verdict& verdict) {
  systemd_notify("STOPPING=1");
  if (publisher_) {
    if (const auto flushed = publisher_->flush(session_.context); !flushed) {
      session_.output.note(Level::warning, flushed.error().while_doing("publishing the verdict").message);
    }
  }
  return {status_done,
          {},
          result_fields(fmt::format("the verdict is {}: {}", to_string(verdict.health), verdict.reason), verdict)};
}

Result<WatchPlan> WatchCommand::plan_of(ProbeToolOptions options, const SharedOptions& shared,
                                        const std::vector<NodeSection>& nodes) {
  if (options.targets_from == "-") {
    // It can be read only once.
    if (!from_stdin_) from_stdin_ = FO_TRY(read_target_lines("-"));
    options.targets_from.reset();
    options.targets.insert(options.targets.end(), from_stdin_->begin(), from_stdin_->end());
  }
  auto plan = FO_TRY(make_watch_plan(options, shared, nodes));
  plan.options.others = observers_.get();
  const auto watchdog = systemd_watchdog_interval();
  plan.options.alive_every = session_.output.live() ? longest_silence_for_a_person : longest_silence;
  if (watchdog) plan.options.alive_every = std::min<Duration>(*plan.options.alive_every, *watchdog / 2);
  return plan;
}

void WatchCommand::reload() {
  systemd_reloading();
  const auto taken = take_over_new_configuration();
  if (taken) {
    session_.output.object("reload", reload_fields(true, "the configuration was read again"));
    session_.output.note(Level::info, "the configuration was read again");
  } else {
    const auto message = "the new configuration is not taken over, the old one stays: " + taken.error().message;
    session_.output.object("reload", reload_fields(false, message));
    session_.output.note(Level::warning, message);
  }
  systemd_ready();
}

Result<void> WatchCommand::take_over_new_configuration() {
  ProbeTool fresh;
  SharedOptions shared;
  const auto request = FO_TRY(read_request(fresh, shared, session_.arguments));
  if (!fresh.options().watch) return fail(ErrorKind::config, "it does not say --watch any more");
  if (!same_witness_options(fresh.options(), options_)) {
    return fail(ErrorKind::config, "publish, observers, quorum, node and their like change with a restart only");
  }
  auto plan = FO_TRY(plan_of(fresh.options(), shared, request.nodes));
  const auto before = options_;
  FO_TRY(listeners_.configure(fresh.options()));
  if (auto changed = watch_->change(std::move(plan)); !changed) {
    FO_TRY(listeners_.configure(before));
    return changed;
  }
  options_ = fresh.options();
  return {};
}

}  // namespace failover::cli
