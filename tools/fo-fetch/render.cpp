#include "fo-fetch/render.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/tool.hpp"

namespace failover::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string utc(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", std::chrono::floor<std::chrono::seconds>(time));
}

long long age_seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now() - time).count();
}

/// "26h", "3d": for a column.
std::string short_age(WallTime time) {
  const auto seconds = age_seconds(time);
  if (seconds < 0) return "future";
  if (seconds < 120) return fmt::format("{}s", seconds);
  if (seconds < 7200) return fmt::format("{}m", seconds / 60);
  if (seconds < 172'800) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86'400);
}

Json to_json(const FetchCandidate& candidate) {
  Json json{{"name", candidate.object.name},
            {"path", candidate.object.path},
            {"size", candidate.object.size},
            {"modified", utc(candidate.object.modified)},
            {"backup_time", utc(candidate.backup_time())},
            {"age_s", age_seconds(candidate.backup_time())},
            {"state", to_string(candidate.state)}};
  if (!candidate.why.empty()) json["why"] = candidate.why;
  return json;
}

Json texts(const std::vector<std::filesystem::path>& paths) {
  Json json = Json::array();
  for (const auto& path : paths) json.push_back(path.string());
  return json;
}

}  // namespace

Result<Outcome> show_list(const std::vector<FetchCandidate>& candidates, Output& output) {
  if (candidates.empty()) return fail(ErrorKind::not_found, "there is nothing at that source; look at its path");
  output.print(fmt::format("{:20}  {:>14}  {:>6}  {:10}  {}", "TIME", "SIZE", "AGE", "ARCHIVE", "NAME"));
  for (const auto& candidate : candidates) {
    output.object("backup", dump(to_json(candidate)));
    output.print(fmt::format("{:20}  {:>14}  {:>6}  {:10}  {}", utc(candidate.backup_time()), candidate.object.size,
                             short_age(candidate.backup_time()), to_string(candidate.state), candidate.object.name));
  }
  return Outcome{status_done, fmt::format("{} found", candidates.size()), "{}"};
}

void tell_plan(const FetchPlan& plan, Output& output) {
  Json json{{"chosen", to_json(plan.chosen)},
            {"already_here", plan.already_here ? Json(plan.already_here->string()) : Json(nullptr)},
            {"to_download", plan.to_download},
            {"to_remove", texts(plan.to_remove)},
            {"reasons", plan.reasons},
            {"warnings", plan.warnings}};
  output.object("plan", dump(json));
}

Outcome show_plan(const FetchPlan& plan, Output& output) {
  tell_plan(plan, output);
  const auto& object = plan.chosen.object;
  if (plan.already_here) {
    output.print("nothing to download: " + plan.already_here->string());
  } else {
    output.print(fmt::format("download {} bytes: {}", plan.to_download, object.path));
  }
  for (const auto& reason : plan.reasons) output.print("  because " + reason);
  for (const auto& warning : plan.warnings) output.print("  warning: " + warning);
  for (const auto& path : plan.to_remove) output.print("remove " + path.string());
  const int status = plan.warnings.empty() ? status_done : status_warning;
  return Outcome{status, "dry run: nothing was changed", "{}"};
}

Outcome show_outcome(const FetchOutcome& outcome, Output& output) {
  output.print(outcome.path.string());
  const Json json{{"path", outcome.path.string()},
                  {"size", outcome.size},
                  {"sha256", outcome.sha256},
                  {"backup_time", utc(outcome.backup_time)},
                  {"downloaded", outcome.downloaded},
                  {"resumed_at", outcome.resumed_at},
                  {"fetched_bytes", outcome.fetched},
                  {"copied_bytes", outcome.copied},
                  {"base", outcome.base},
                  {"match", to_string(outcome.match)},
                  {"verified", outcome.verified},
                  {"removed", texts(outcome.removed)},
                  {"warnings", outcome.warnings}};
  const auto done = outcome.downloaded ? fmt::format("stored and verified {}", outcome.path.string())
                                       : fmt::format("nothing to do, {} is here", outcome.path.string());
  if (outcome.warnings.empty()) return Outcome{status_done, done, dump(json)};
  const auto warnings = fmt::format("{}", fmt::join(outcome.warnings, "; "));
  return Outcome{status_warning, fmt::format("{}, but: {}", done, warnings), dump(json)};
}

}  // namespace failover::cli
