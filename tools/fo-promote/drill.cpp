#include "fo-promote/drill.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>
#include <failover/restorer.hpp>
#include <failover/role.hpp>

#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/dns.hpp"
#include "fo-promote/drill_tree.hpp"
#include "fo-promote/options.hpp"
#include "fo-promote/ready.hpp"

namespace failover::promote_tool {

namespace {

using std::chrono::milliseconds;

double seconds(milliseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

/// One drill: its stages one after the other, each measured, told and remembered.
class Drill {
 public:
  Drill(const PromoteOptions& options, cli::Session& session, Assembly assembly)
      : options_(options), session_(session), assembly_(std::move(assembly)), settings_(assembly_.settings) {
    record_.service = settings_.service;
    record_.node = settings_.node;
  }

  DrillRecord run() {
    const bool ready = stage("ready", [this] { return look(); });
    const bool rehearsed = (!options_.canary || stage("canary", [this] { return fly(); })) &&
                           stage("verify", [this] { return verify(); }) &&
                           (options_.restore_into.empty() || stage("restore", [this] { return restore(); })) &&
                           (options_.drill_hook.empty() || stage("start", [this] { return start(); }));
    record_.good = ready && rehearsed;
    record_.when = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    record_.said = sentence();
    return record_;
  }
  [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

 private:
  bool stage(std::string_view name, const std::function<Result<std::string>()>& work) {
    const auto begun = std::chrono::steady_clock::now();
    const auto done = work();
    DrillStage entry{std::string(name), done.has_value(),
                     std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun),
                     done ? *done : done.error().message};
    if (name == "restore" || name == "start") record_.took += entry.took;
    if (!done && !failure_) failure_ = done.error();
    session_.output.print(
        fmt::format("{:8} {:>9.3f} s  {}{}", name, seconds(entry.took), done ? "" : "FAILED: ", entry.detail));
    session_.output.object(
        "stage",
        nlohmann::json{{"stage", name}, {"good", entry.good}, {"took_s", seconds(entry.took)}, {"detail", entry.detail}}
            .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    record_.stages.push_back(std::move(entry));
    return done.has_value();
  }

  /// What would stop a promotion stops a drill from being good; whether there was one before does not.
  Result<std::string> look() {
    ReadySettings readiness = FO_TRY(ready_settings(options_));
    readiness.skip.emplace_back("drill");
    auto parts = assembly_.parts();
    const auto rows =
        judge_readiness(settings_, readiness, gather_readiness(settings_, readiness, parts, session_.context));
    std::string critical;
    std::size_t others = 0;
    for (const auto& row : rows) {
      if (row.grade == ReadyGrade::critical)
        critical += fmt::format("{}{} {}: {}", critical.empty() ? "" : "; ", row.name, row.about, row.finding);
      if (row.grade == ReadyGrade::warning || row.grade == ReadyGrade::unknown) ++others;
    }
    if (!critical.empty()) return fail(ErrorKind::refused, critical);
    return fmt::format("{} checks, {} need a look (fo-promote ready)", rows.size(), others);
  }

  Result<std::string> fly() {
    FO_TRY(run_dns_canary(options_, session_));
    return "the canary flew in every view";
  }

  Result<std::string> verify() {
    backup_ = FO_TRY(make_restorer(settings_.state_dir)->verify({}, restore_options_of_drill({}), session_.context));
    return fmt::format("{}, {} files", backup_.path.filename().string(), backup_.files);
  }

  Result<std::string> restore() {
    const auto report =
        FO_TRY(restore_for_drill(settings_.state_dir, options_.restore_into, backup_, session_.context));
    return report.nothing_to_do ? "unchanged since the last drill"
                                : fmt::format("{} changes into {}", report.acts, options_.restore_into);
  }

  Result<std::string> start() {
    Rehearsal rehearsal;
    rehearsal.service = settings_.service;
    rehearsal.node = settings_.node;
    rehearsal.hook = options_.drill_hook;
    rehearsal.tree = std::filesystem::absolute(options_.restore_into);
    rehearsal.addresses = settings_.to;
    rehearsal.services = settings_.self_probes;
    rehearsal.read_only = FO_TRY(what_production_stands_on(settings_.state_dir));
    rehearsal.limit = settings_.hook_timeout;
    const auto done = FO_TRY(rehearse_start(rehearsal, session_.context));
    return fmt::format("started in {:.3f} s, every service answered {:.3f} s later; nothing of it is left",
                       seconds(done.hook), seconds(done.services));
  }

  [[nodiscard]] std::string sentence() const {
    const auto at = fmt::format("{:%H:%M} UTC", std::chrono::floor<std::chrono::seconds>(record_.when));
    if (!record_.good) {
      const auto bad = std::ranges::find(record_.stages, false, &DrillStage::good);
      return fmt::format("this standby could not have taken over at {}: {}: {}", at, bad->name, bad->detail);
    }
    if (options_.drill_hook.empty())
      return fmt::format(
          "nothing stood in the way at {}, and the backup is good; nothing was started (no --drill-hook)", at);
    return fmt::format("this standby could have taken over at {} in {:.1f} s", at, seconds(record_.took));
  }

  const PromoteOptions& options_;
  cli::Session& session_;
  Assembly assembly_;
  PromotionSettings settings_;
  VerifiedBackup backup_;
  DrillRecord record_;
  std::optional<Error> failure_;
};

}  // namespace

Result<cli::Outcome> run_drill(const PromoteOptions& options, cli::Session& session) {
  if (!options.drill_hook.empty() && options.restore_into.empty()) {
    return fail(ErrorKind::usage, "--drill-hook needs --restore-into DIR: it must not start what production stands on");
  }
  auto assembly = FO_TRY(assemble_for_ready(options, session));
  if (session.options.dry_run)
    return fail(ErrorKind::usage, "a drill is a rehearsal by itself; fo-promote plan changes nothing at all");
  const auto log = FO_TRY(open_drill_log(session.state_dir));
  Drill drill(options, session, std::move(assembly));
  const auto record = drill.run();
  const auto hash = FO_TRY(log->add(record));
  cli::Outcome outcome;
  outcome.message = record.said;
  outcome.fields = nlohmann::json{{"good", record.good}, {"took_s", seconds(record.took)}, {"hash", hash}}.dump();
  if (record.good) return outcome;
  return fail(drill.failure() ? drill.failure()->kind : ErrorKind::internal, record.said);
}

}  // namespace failover::promote_tool
