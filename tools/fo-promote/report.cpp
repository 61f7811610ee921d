#include "fo-promote/report.hpp"

#include <chrono>
#include <expected>
#include <string>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/json.hpp"

namespace failover::promote_tool {

namespace {

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

void print_timeline(const PromotionReport& report, cli::Output& output) {
  for (const auto& entry : report.timeline) {
    output.print(fmt::format("+{:7.3f} s  {:14} {:7.3f} s  {}", seconds(entry.when - report.timeline.front().when),
                             to_string(entry.step), seconds(entry.took), entry.detail));
    output.object("step", timeline_json(entry));
  }
}

}  // namespace

Result<cli::Outcome> report_outcome(const PromotionReport& report, cli::Session& session) {
  print_timeline(report, session.output);
  for (const auto& warning : report.warnings) session.output.note(Level::warning, warning);
  cli::Outcome outcome;
  outcome.fields = report_json(report);
  if (report.failure) {
    if (report.failure->kind == ErrorKind::cancelled) return std::unexpected(*report.failure);
    outcome.status = cli::exit_status(report.failure->kind, 0);
    outcome.message = report.failure->message;
    return outcome;
  }
  outcome.status = report.warnings.empty() ? cli::status_done : cli::status_warning;
  outcome.message = report.message;
  if (!report.message.empty()) session.output.print(report.message);
  return outcome;
}

}  // namespace failover::promote_tool
