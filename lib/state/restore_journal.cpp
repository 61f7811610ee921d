#include "state/restore_journal.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/clock.hpp"
#include "core/journal.hpp"
#include "core/process_identity.hpp"
#include "state/restore_roots.hpp"
#include "state/restored_generation.hpp"
#include "state/state_dir.hpp"
#include "state/state_format.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr int format_number = 1;
constexpr std::array<std::string_view, 3> kind_names{"restore", "rollback", "program"};
// "committed" and "applied" of a PROGRAM are that it began and that it ended.
constexpr std::array<std::string_view, 7> phase_names{"begin",   "pre-hook", "commit", "applied",
                                                      "reverse", "reversed", "done"};
constexpr std::string_view program_failed_event = "program-failed";
constexpr std::string_view program_started_event = "program-started";

template <std::size_t Size>
std::size_t place_of(const std::array<std::string_view, Size>& names, const json& value) {
  const auto name = value.get<std::string>();
  for (std::size_t i = 0; i < Size; ++i) {
    if (names[i] == name) return i;
  }
  throw json::other_error::create(599, "unknown name", &value);
}

WallTime time_of(const json& value) {
  auto time = parse_rfc3339(value.get<std::string>());
  if (!time) throw json::other_error::create(599, "bad time", &value);
  return *time;
}

json generation_json(const std::optional<RestoredGeneration>& generation) {
  return generation ? json::parse(generation_to_json(*generation)) : json();
}

std::optional<RestoredGeneration> generation_of(const json& value) {
  if (value.is_null()) return std::nullopt;
  auto generation = generation_from_json(value.dump());
  if (!generation) throw json::other_error::create(599, "bad generation", &value);
  return *generation;
}

std::vector<RestoreRoot> roots_of(const json& value) {
  auto roots = roots_from_json(value.dump());
  if (!roots) throw json::other_error::create(599, "bad roots", &value);
  return std::move(*roots);
}

/// No password is in it: only where the file with it lies (property secret).
json hand_over_json(const HandOver& hand_over) {
  return json{{"run_as", hand_over.run_as},
              {"place", hand_over.place.string()},
              {"expect_log", hand_over.expect_log},
              {"password_file", hand_over.password_file.string()},
              {"password_in_argv", hand_over.allow_password_in_argv}};
}

HandOver hand_over_from(const json& value) {
  HandOver hand_over;
  value.at("run_as").get_to(hand_over.run_as);
  hand_over.place = value.at("place").get<std::string>();
  value.at("expect_log").get_to(hand_over.expect_log);
  hand_over.password_file = value.at("password_file").get<std::string>();
  hand_over.allow_password_in_argv = value.at("password_in_argv").get<bool>();
  return hand_over;
}

json begin_record(const RestoreRun& run) {
  return json{{"format", format_number},
              {"event", phase_names.front()},
              {"time", rfc3339(run.started)},
              {"run", run.number},
              {"kind", to_string(run.kind)},
              {"slots", run.slots},
              {"roots", json::parse(roots_to_json(run.roots))},
              {"mounts", run.mounts},
              {"keep_undo", run.keep_undo},
              {"pre_hook", run.pre_hook},
              {"post_hook", run.post_hook},
              {"hook_timeout_ms", run.hook_timeout.count()},
              {"program", run.program},
              {"hand_over", hand_over_json(run.hand_over)},
              {"handover_folder", run.handover_folder},
              {"checks", run.checks},
              {"check_timeout_ms", run.check_timeout.count()},
              {"takes_over", run.takes_over},
              {"before", generation_json(run.before)},
              {"after", generation_json(run.after)}};
}

void start_phase(RestoreRun& run) {
  run.phase = run.takes_over ? RunPhase::committed : RunPhase::begun;
  run.pre_hook_ran = run.takes_over;
}

RestoreRun run_from(const json& value) {
  RestoreRun run;
  value.at("run").get_to(run.number);
  run.kind = static_cast<RunKind>(place_of(kind_names, value.at("kind")));
  run.started = time_of(value.at("time"));
  value.at("slots").get_to(run.slots);
  run.roots = roots_of(value.at("roots"));
  value.at("mounts").get_to(run.mounts);
  value.at("keep_undo").get_to(run.keep_undo);
  value.at("pre_hook").get_to(run.pre_hook);
  value.at("post_hook").get_to(run.post_hook);
  run.hook_timeout = std::chrono::milliseconds(value.at("hook_timeout_ms").get<std::int64_t>());
  value.at("program").get_to(run.program);
  run.hand_over = hand_over_from(value.at("hand_over"));
  value.at("handover_folder").get_to(run.handover_folder);
  value.at("checks").get_to(run.checks);
  run.check_timeout = std::chrono::milliseconds(value.at("check_timeout_ms").get<std::int64_t>());
  run.takes_over = value.at("takes_over").get<bool>();
  start_phase(run);
  run.before = generation_of(value.at("before"));
  run.after = generation_of(value.at("after"));
  return run;
}

void follow(RestoreRun& run, const json& value) {
  if (value.at("event") == program_started_event) {
    run.program_process = ProcessIdentity{value.at("pid").get<pid_t>(), value.at("started").get<std::uint64_t>(),
                                          value.at("boot").get<std::string>()};
    return;
  }
  if (value.at("event") == program_failed_event) {
    run.program_failed = true;
    run.reason = value.value("reason", "");
    return;
  }
  run.phase = static_cast<RunPhase>(place_of(phase_names, value.at("event")));
  if (value.contains("reason")) run.reason = value["reason"].get<std::string>();
  if (run.phase == RunPhase::pre_hook) run.pre_hook_ran = true;
  if (run.phase == RunPhase::done) {
    run.result = value.at("result").get<std::string>();
    run.ended = time_of(value.at("time"));
  }
}

}  // namespace

Result<std::vector<RestoreRun>> parse_restore_journal(const std::vector<std::string>& records,
                                                      const std::filesystem::path& path) {
  std::vector<RestoreRun> runs;
  for (const auto& record : records) {
    FO_TRY(check_state_format(record, format_number, path));
    try {
      const auto value = json::parse(record);
      if (value.at("event") == phase_names.front()) {
        runs.push_back(run_from(value));
      } else if (runs.empty()) {
        return damaged_state(path);
      } else {
        follow(runs.back(), value);
      }
    } catch (const json::exception&) {
      return damaged_state(path);
    }
  }
  return runs;
}

namespace {

std::filesystem::path file_of(const StateDir& state) {
  return state.restore() / "journal";
}

std::string line(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string_view to_string(RunKind kind) noexcept {
  return kind_names.at(static_cast<std::size_t>(kind));
}
std::string_view to_string(RunPhase phase) noexcept {
  return phase_names.at(static_cast<std::size_t>(phase));
}

RestoreJournal::RestoreJournal(Journal journal, std::vector<RestoreRun> runs) noexcept
    : journal_(std::move(journal)), runs_(std::move(runs)) {}

Result<RestoreJournal> RestoreJournal::open(const StateDir& state) {
  auto journal = FO_TRY(Journal::open(file_of(state)));
  auto runs = FO_TRY(parse_restore_journal(journal.records(), file_of(state)));
  return RestoreJournal(std::move(journal), std::move(runs));
}

Result<std::vector<RestoreRun>> RestoreJournal::read(const StateDir& state) {
  return parse_restore_journal(FO_TRY(Journal::read(file_of(state))), file_of(state));
}

const RestoreRun* RestoreJournal::open_run() const noexcept {
  return runs_.empty() || runs_.back().phase == RunPhase::done ? nullptr : &runs_.back();
}

std::uint64_t RestoreJournal::next_number() const noexcept {
  return runs_.empty() ? 1 : runs_.back().number + 1;
}

Result<void> RestoreJournal::begin(RestoreRun run) {
  start_phase(run);
  FO_TRY(journal_.append(line(begin_record(run))));
  runs_.push_back(std::move(run));
  return {};
}

Result<void> RestoreJournal::reach(RunPhase phase, std::string_view reason) {
  json value{{"format", format_number},
             {"event", to_string(phase)},
             {"time", rfc3339(std::chrono::system_clock::now())},
             {"run", runs_.back().number}};
  if (!reason.empty()) value["reason"] = reason;
  FO_TRY(journal_.append(line(value)));
  follow(runs_.back(), value);
  return {};
}

Result<void> RestoreJournal::program_started(const ProcessIdentity& process) {
  const json value{{"format", format_number},
                   {"event", program_started_event},
                   {"time", rfc3339(std::chrono::system_clock::now())},
                   {"run", runs_.back().number},
                   {"pid", process.pid},
                   {"started", process.started},
                   {"boot", process.boot}};
  FO_TRY(journal_.append(line(value)));
  follow(runs_.back(), value);
  return {};
}

Result<void> RestoreJournal::program_failed(std::string_view reason) {
  const json value{{"format", format_number},
                   {"event", program_failed_event},
                   {"time", rfc3339(std::chrono::system_clock::now())},
                   {"run", runs_.back().number},
                   {"reason", reason}};
  FO_TRY(journal_.append(line(value)));
  follow(runs_.back(), value);
  return {};
}

Result<void> RestoreJournal::finish(std::string_view result, std::string_view reason) {
  json value{{"format", format_number},
             {"event", to_string(RunPhase::done)},
             {"time", rfc3339(std::chrono::system_clock::now())},
             {"run", runs_.back().number},
             {"result", result}};
  if (!reason.empty()) value["reason"] = reason;
  FO_TRY(journal_.append(line(value)));
  follow(runs_.back(), value);
  return {};
}

}  // namespace failover
