#include "state/drill_journal.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/role.hpp>

#include "core/clock.hpp"
#include "core/file_lock.hpp"
#include "core/journal.hpp"
#include "core/sha256.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t format_number = 1;
constexpr std::string_view before_the_first = "0000000000000000000000000000000000000000000000000000000000000000";

std::string hash_of(std::string_view record) {
  Sha256 digest;
  digest.add(std::as_bytes(std::span(record)));
  return digest.hex();
}

std::string last_hash(const std::vector<std::string>& records) {
  return records.empty() ? std::string(before_the_first) : hash_of(records.back());
}

std::unexpected<Error> damaged(std::size_t number, std::string_view what) {
  return fail(ErrorKind::integrity,
              "line " + std::to_string(number) + " of the journal of drills " + std::string(what) +
                  "; move the file promote/drills out of the state directory and look who wrote to it");
}

Json stage_json(const DrillStage& stage) {
  return {{"stage", stage.name}, {"good", stage.good}, {"took_ms", stage.took.count()}, {"detail", stage.detail}};
}

DrillStage stage_of(const Json& json) {
  return {json.at("stage").get<std::string>(), json.at("good").get<bool>(),
          std::chrono::milliseconds(json.at("took_ms").get<std::int64_t>()), json.at("detail").get<std::string>()};
}

Result<DrillRecord> entry_of(const Json& json) {
  DrillRecord entry;
  entry.when = FO_TRY(parse_rfc3339(json.at("time").get<std::string>()));
  json.at("service").get_to(entry.service);
  json.at("node").get_to(entry.node);
  json.at("good").get_to(entry.good);
  entry.took = std::chrono::milliseconds(json.at("took_ms").get<std::int64_t>());
  json.at("said").get_to(entry.said);
  for (const auto& stage : json.at("stages")) entry.stages.push_back(stage_of(stage));
  return entry;
}

}  // namespace

Result<std::vector<DrillRecord>> parse_drills(const std::vector<std::string>& records) {
  std::vector<DrillRecord> entries;
  entries.reserve(records.size());
  std::string previous(before_the_first);
  for (const auto& record : records) {
    const auto number = entries.size() + 1;
    const auto json = Json::parse(record, nullptr, false);
    try {
      if (json.at("format").get<std::int64_t>() > format_number) {
        return fail(ErrorKind::unfinished,
                    "the journal of drills was written by a newer version of these tools; use that one");
      }
      if (json.at("previous").get<std::string>() != previous) {
        return damaged(number, "does not follow the line before it: one was changed, taken out or put in between");
      }
      auto entry = entry_of(json);
      if (!entry) return damaged(number, "makes no sense");
      entries.push_back(std::move(*entry));
    } catch (const Json::exception&) {
      return damaged(number, "makes no sense");
    }
    previous = hash_of(record);
  }
  return entries;
}

DrillJournal::DrillJournal(FileLock lock, Journal journal) noexcept
    : lock_(std::move(lock)), journal_(std::move(journal)) {}

Result<DrillJournal> DrillJournal::open(const StateDir& state) {
  auto lock = FO_TRY(while_doing("a drill", FileLock::take(state.promote() / "drill-lock")));
  auto journal = FO_TRY(Journal::open(state.promote() / "drills"));
  FO_TRY(parse_drills(journal.records()));
  return DrillJournal(std::move(lock), std::move(journal));
}

Result<std::vector<DrillRecord>> DrillJournal::read(const StateDir& state) {
  return parse_drills(FO_TRY(Journal::read(state.promote() / "drills")));
}

Result<std::string> DrillJournal::add(const DrillRecord& drill) {
  auto stages = Json::array();
  for (const auto& stage : drill.stages) stages.push_back(stage_json(stage));
  const Json json{{"format", format_number},
                  {"time", rfc3339(drill.when)},
                  {"service", drill.service},
                  {"node", drill.node},
                  {"good", drill.good},
                  {"took_ms", drill.took.count()},
                  {"said", drill.said},
                  {"stages", stages},
                  {"previous", last_hash(journal_.records())}};
  const auto record = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  FO_TRY(journal_.append(record));
  return hash_of(record);
}

std::filesystem::path state_of_drills(const StateDir& state) {
  return state.root() / "drill";
}

}  // namespace failover
