#include "fo-promote/status.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

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
#include "fo-promote/json.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

namespace {

std::string time_text(WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", std::chrono::floor<std::chrono::seconds>(time));
}

void print_status(const PromotionStatus& status, Duration min_uptime, cli::Output& output) {
  output.print(status.role == "unset"
                   ? "role:      unset (no promotion has ever ended on this host)"
                   : fmt::format("role:      {} of epoch {}, as {}", status.role, status.role_epoch, status.node));
  if (status.last) {
    const auto& last = *status.last;
    output.print(fmt::format("promotion: {} to epoch {}, {}", last.service, last.epoch,
                             last.ended ? last.outcome : fmt::format("unfinished in step {}", to_string(last.step))));
  }
  if (status.backup) {
    output.print(fmt::format("backup:    {} of {}, restored {}", status.backup->name, time_text(status.backup->time),
                             time_text(status.backup->restored)));
  } else {
    output.print("backup:    nothing was restored on this host");
  }
  if (status.pause) {
    output.print(fmt::format("pause:     until {}: {}", time_text(status.pause->until), status.pause->reason));
  }
  if (const auto quiet = quiet_until(status, min_uptime)) {
    output.print(fmt::format("quiet:     until {} no promotion goes unattended, for the last one has just ended",
                             time_text(*quiet)));
  }
  if (status.demoting) output.print(fmt::format("demotion:  begun {}, unfinished", time_text(*status.demoting)));
  if (status.restore_in_progress) output.print("restore:   interrupted; type: fo-restore --recover");
  if (status.running) output.print("now:       a restore or promotion is at work");
}

void print_last_drill(const Result<std::vector<DrillRecord>>& drills, cli::Output& output) {
  if (!drills || drills->empty()) return;
  const auto& last = drills->back();
  output.print(fmt::format("drill:     {}: {}", time_text(last.when), last.said));
  output.object("drill", nlohmann::json{{"ended", time_text(last.when)},
                                        {"good", last.good},
                                        {"took_s", std::chrono::duration<double>(last.took).count()},
                                        {"said", last.said}}
                             .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

std::optional<WallTime> quiet_until(const PromotionStatus& status, Duration min_uptime) {
  if (!status.last_promotion || min_uptime <= Duration::zero()) return std::nullopt;
  const auto until = *status.last_promotion + std::chrono::duration_cast<WallTime::duration>(min_uptime);
  return until > std::chrono::system_clock::now() ? std::optional(until) : std::nullopt;
}

Result<cli::Outcome> run_status(const PromoteOptions& options, cli::Session& session) {
  const auto status = FO_TRY(promotion_status(session.state_dir));
  print_status(status, options.min_uptime, session.output);
  session.output.object("status", status_json(status, options.min_uptime));
  cli::Outcome outcome;
  const auto drills = read_drills(session.state_dir);
  print_last_drill(drills, session.output);
  if (const auto said = drill_warning(drills, options.max_drill_age, std::chrono::system_clock::now())) {
    outcome.status = cli::status_warning;
    outcome.message = *said + "; type: fo-promote drill";
  }
  if (status.demoting && !status.running) {
    outcome.status = cli::exit_status(ErrorKind::unfinished, 0);
    outcome.message = fmt::format(
        "the demotion of this host is unfinished: its services may be stopped; type: fo-promote demote, or, to serve "
        "again: fo-promote give-back {}",
        status.node);
  }
  if (status.last && !status.last->ended && !status.running) {
    outcome.status = cli::exit_status(ErrorKind::unfinished, 0);
    outcome.message =
        fmt::format("the promotion to epoch {} is unfinished in step {}; type: fo-promote resume{}", status.last->epoch,
                    to_string(status.last->step), status.last->committed() ? "" : ", or: fo-promote abort");
  }
  return outcome;
}

}  // namespace failover::promote_tool
