#include "fo-restore/render.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/restorer.hpp>

#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/tool.hpp"

namespace failover::cli {

namespace {

using nlohmann::json;

std::string text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string time_text(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", std::chrono::floor<std::chrono::seconds>(time));
}

/// A warning of the backup's sidecar is ours too.
Outcome outcome(std::string message, const json& fields, const std::vector<std::string>& warnings) {
  Outcome result;
  result.message = std::move(message);
  result.fields = text(fields);
  if (warnings.empty()) return result;
  result.status = status_warning;
  result.message += fmt::format("; warning: {}", fmt::join(warnings, "; "));
  return result;
}

json backup_json(const VerifiedBackup& backup) {
  return json{{"backup", backup.path.string()},
              {"sha256", backup.sha256},
              {"files", backup.files},
              {"bytes", backup.bytes},
              {"backup_time", time_text(backup.time)}};
}

json roots_json(const std::vector<RestoreRoot>& roots) {
  auto value = json::array();
  for (const auto& root : roots) value.push_back({{"prefix", root.prefix}, {"directory", root.directory}});
  return value;
}

std::string root_text(const RestoreRoot& root) {
  return root.prefix.empty() ? root.directory : root.prefix + " -> " + root.directory;
}

struct Count {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

/// Files of a plan by what becomes of them; directories are acts, but no files.
struct Changes {
  Count added;
  Count changed;
  Count removed;
  Count unchanged;
};

Changes changes_of(const RestorePlan& plan) {
  Changes changes;
  changes.unchanged = {plan.unchanged, plan.unchanged_bytes};
  for (const auto& act : plan.acts) {
    auto* count = act.act == "add"       ? &changes.added
                  : act.act == "replace" ? &changes.changed
                  : act.act == "remove"  ? &changes.removed
                                         : nullptr;
    if (count == nullptr) continue;
    ++count->files;
    count->bytes += act.size;
  }
  return changes;
}

json count_json(const Count& count) {
  return json{{"files", count.files}, {"bytes", count.bytes}};
}

std::string changes_text(const Changes& changes) {
  const auto part = [](const Count& count, std::string_view what) {
    return fmt::format("{} {} ({} bytes)", count.files, what, count.bytes);
  };
  return fmt::format("{}, {}, {}, {}", part(changes.added, "added"), part(changes.changed, "changed"),
                     part(changes.removed, "removed"), part(changes.unchanged, "unchanged"));
}

}  // namespace

Outcome render(const VerifiedBackup& backup, Output& output) {
  output.print(backup.path.string());
  return outcome(fmt::format("{} is good: {} files, {} bytes, of {}", backup.path.string(), backup.files, backup.bytes,
                             time_text(backup.time)),
                 backup_json(backup), backup.warnings);
}

Outcome render(const RestorePlan& plan, Output& output) {
  for (const auto& act : plan.acts) {
    output.print(fmt::format("{:<8} {:>12}  {}  ({})", act.act, act.size, act.live, act.reason));
    output.object(
        "act",
        text(json{
            {"act", act.act}, {"path", act.path}, {"live", act.live}, {"size", act.size}, {"reason", act.reason}}));
  }
  const auto changes = changes_of(plan);
  if (!plan.acts.empty()) output.print(changes_text(changes));
  auto fields = backup_json(plan.backup);
  fields["targets"] = roots_json(plan.roots);
  fields["acts"] = plan.acts.size();
  fields["unchanged"] = plan.unchanged;
  fields["changes"] = json{{"added", count_json(changes.added)},
                           {"changed", count_json(changes.changed)},
                           {"removed", count_json(changes.removed)},
                           {"unchanged", count_json(changes.unchanged)}};
  fields["nothing_to_do"] = plan.nothing_to_do;
  const auto message = plan.nothing_to_do
                           ? fmt::format("nothing to do: {} is restored already", plan.backup.path.string())
                           : fmt::format("would do {} acts with {}: {}", plan.acts.size(), plan.backup.path.string(),
                                         changes_text(changes));
  return outcome(message, fields, plan.backup.warnings);
}

Outcome render(const RestoreReport& report, bool rolled_back) {
  const json fields{{"generation", report.generation},
                    {"backup", report.backup},
                    {"acts", report.acts},
                    {"bytes", report.bytes},
                    {"nothing_to_do", report.nothing_to_do}};
  std::string message;
  if (report.nothing_to_do) {
    message = fmt::format("nothing to do: {} is restored already (generation {})", report.backup, report.generation);
  } else if (rolled_back && report.generation == 0) {
    message = "rolled back to the time before the first restore";
  } else if (rolled_back) {
    message = fmt::format("rolled back to generation {} ({})", report.generation, report.backup);
  } else {
    message = fmt::format("restored {} as generation {}: {} acts, {} bytes", report.backup, report.generation,
                          report.acts, report.bytes);
  }
  return outcome(message, fields, report.warnings);
}

Outcome render(Recovered recovered) {
  switch (recovered) {
    case Recovered::nothing:
      return outcome("nothing to recover", json{{"recovered", "nothing"}}, {});
    case Recovered::finished:
      return outcome("the interrupted run was finished", json{{"recovered", "finished"}}, {});
    case Recovered::undone:
      return outcome("the interrupted run was undone", json{{"recovered", "undone"}}, {});
    case Recovered::aborted:
      return outcome("the interrupted run had changed nothing yet", json{{"recovered", "aborted"}}, {});
  }
  return {};
}

Outcome render(const UndoCopied& copied) {
  return outcome(fmt::format("copied {} files, {} bytes", copied.files, copied.bytes),
                 json{{"files", copied.files}, {"bytes", copied.bytes}}, {});
}

Outcome render_dropped(bool anything) {
  return outcome(anything ? "the undo copies are no longer pinned" : "nothing to do: no undo copies are pinned",
                 json{{"dropped", anything}}, {});
}

Outcome render(const RestoreStatus& status, Output& output) {
  json fields{{"generation", status.generation},
              {"can_roll_back", status.can_roll_back},
              {"in_progress", status.in_progress},
              {"interrupted", status.interrupted}};
  if (status.generation == 0) {
    output.print("nothing is restored here");
  } else {
    fields["backup"] = status.backup;
    fields["backup_time"] = time_text(status.backup_time);
    fields["restored"] = time_text(status.restored);
    fields["sha256"] = status.sha256;
    fields["targets"] = roots_json(status.roots);
    fields["previous"] = status.previous;
    output.print(fmt::format("generation  {}", status.generation));
    output.print(fmt::format("backup      {}", status.backup));
    output.print(fmt::format("of          {}", time_text(status.backup_time)));
    output.print(fmt::format("restored    {}", time_text(status.restored)));
    if (status.roots.empty()) output.print("target      (by a program)");
    for (const auto& root : status.roots) output.print(fmt::format("target      {}", root_text(root)));
    output.print(fmt::format("rollback    {}", status.can_roll_back ? "possible" : "not possible"));
  }
  if (const auto& pin = status.pinned; pin) {
    fields["pinned"] = {{"generation", pin->generation}, {"reason", pin->reason}, {"since", time_text(pin->since)}};
    output.print(fmt::format(
        "pinned      the undo copies of {}, since {}: {}",
        pin->generation == 0 ? std::string("the next restore") : fmt::format("generation {}", pin->generation),
        time_text(pin->since), pin->reason));
  }
  Outcome result;
  result.fields = text(fields);
  if (status.in_progress || status.interrupted) {
    result.status = status_warning;
    result.message = status.in_progress ? "a restore stands half way; type fo-restore --recover"
                                        : "a run was interrupted; type fo-restore --recover";
  }
  return result;
}

Outcome render(const std::vector<RestoreHistoryEntry>& history, Output& output) {
  for (const auto& entry : history) {
    output.print(fmt::format("{:>4}  {}  {:<8}  {:<11}  {}{}", entry.run, time_text(entry.started), entry.kind,
                             entry.result, entry.backup, entry.reason.empty() ? "" : "  (" + entry.reason + ")"));
    json fields{{"run", entry.run},       {"kind", entry.kind},     {"started", time_text(entry.started)},
                {"result", entry.result}, {"backup", entry.backup}, {"targets", roots_json(entry.roots)},
                {"reason", entry.reason}};
    if (entry.ended) fields["ended"] = time_text(*entry.ended);
    output.object("run", text(fields));
  }
  Outcome result;
  result.fields = text(json{{"runs", history.size()}});
  return result;
}

}  // namespace failover::cli
