#include "fo-promote/pause.hpp"

#include <chrono>
#include <optional>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>

#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/json.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

namespace {

std::string time_text(WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", std::chrono::floor<std::chrono::seconds>(time));
}

Result<cli::Outcome> end(cli::Session& session) {
  cli::Outcome outcome;
  if (session.options.dry_run) {
    const auto status = FO_TRY(promotion_status(session.state_dir));
    outcome.message = status.pause ? "the pause would end" : "nothing to do: there is no pause";
    return outcome;
  }
  const bool held = FO_TRY(end_pause(session.state_dir));
  session.output.object("pause", pause_json(std::nullopt));
  outcome.message = held ? "the pause is over: promotions may go unattended again" : "nothing to do: there is no pause";
  session.output.print(outcome.message);
  return outcome;
}

Result<cli::Outcome> begin(Duration length, const std::string& reason, cli::Session& session) {
  cli::Outcome outcome;
  if (session.options.dry_run) {
    outcome.message = "promotions would be paused; nothing was written";
    return outcome;
  }
  const auto pause = FO_TRY(pause_promotions(session.state_dir, length, reason));
  session.output.object("pause", pause_json(pause));
  outcome.message = fmt::format("no promotion goes unattended until {}: {}", time_text(pause.until), pause.reason);
  session.output.print(outcome.message);
  // Asked after the pause is written: whatever begins from now on finds it.
  const auto status = promotion_status(session.state_dir);
  if (status && status->running && status->role == "promoting") {
    session.output.note(Level::warning,
                        "a promotion is at work on this host now; if it is past its first fence command it goes on");
    outcome.status = cli::status_warning;
  }
  return outcome;
}

}  // namespace

Result<cli::Outcome> run_pause(const PromoteOptions& options, cli::Session& session) {
  if (options.pause_off) {
    if (options.pause_for) return fail(ErrorKind::usage, "--for begins a pause and --off ends it; give one of them");
    return end(session);
  }
  if (!options.pause_for) {
    return fail(ErrorKind::usage, "for how long? Add --for DURATION --reason TEXT, or --off to end the pause");
  }
  return begin(*options.pause_for, options.pause_reason, session);
}

}  // namespace failover::promote_tool
