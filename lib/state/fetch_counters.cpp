#include "state/fetch_counters.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "core/atomic_file.hpp"
#include "core/clock.hpp"
#include "core/file_io.hpp"
#include "core/file_lock.hpp"
#include "core/pause.hpp"
#include "state/state_dir.hpp"
#include "state/state_format.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr int format_number = 1;
constexpr std::size_t size_limit = std::size_t{4} * 1024 * 1024;
constexpr int most_tries = 100;
constexpr std::chrono::milliseconds between_tries{50};

using BySource = std::map<std::string, FetchCounters>;

json to_json(const FetchCounters& counters) {
  json value{{"runs", counters.runs},
             {"failures", counters.failures},
             {"fetched_bytes", counters.fetched_bytes},
             {"backup_bytes", counters.size}};
  if (counters.backup_time) value["backup_time"] = rfc3339(*counters.backup_time);
  if (counters.succeeded) value["succeeded"] = rfc3339(*counters.succeeded);
  return value;
}

std::optional<WallTime> time_of(const json& value, const char* key) {
  if (!value.contains(key)) return std::nullopt;
  auto time = parse_rfc3339(value.at(key).get<std::string>());
  if (!time) throw json::other_error::create(599, "bad time", &value);
  return *time;
}

Result<BySource> read_counters(const std::filesystem::path& path) {
  const auto text = read_file(path, size_limit);
  if (!text && text.error().kind == ErrorKind::not_found) return BySource{};
  if (!text) return std::unexpected(text.error().while_doing("reading the counters of fo-fetch"));
  FO_TRY(check_state_format(*text, format_number, path));
  try {
    BySource all;
    const auto whole = json::parse(*text);
    for (const auto& [source, value] : whole.at("sources").items()) {
      auto& counters = all[source];
      value.at("runs").get_to(counters.runs);
      value.at("failures").get_to(counters.failures);
      value.at("fetched_bytes").get_to(counters.fetched_bytes);
      value.at("backup_bytes").get_to(counters.size);
      counters.backup_time = time_of(value, "backup_time");
      counters.succeeded = time_of(value, "succeeded");
    }
    return all;
  } catch (const json::exception&) {
    return damaged_state(path);
  }
}

void add(FetchCounters& counters, const FetchRun& run) {
  ++counters.runs;
  counters.fetched_bytes += run.fetched_bytes;
  if (run.failed) {
    ++counters.failures;
    return;
  }
  counters.succeeded = run.ended;
  counters.backup_time = run.backup_time;
  counters.size = run.size;
}

Result<FileLock> take_lock(const std::filesystem::path& path, const Context& context) {
  for (int tries = 1;; ++tries) {
    auto lock = FileLock::take(path);
    if (lock || lock.error().kind != ErrorKind::locked || tries == most_tries) return lock;
    FO_TRY(pause_between_tries(between_tries, context));
  }
}

}  // namespace

Result<FetchCounters> count_fetch_run(const StateDir& state, const std::string& source, const FetchRun& run,
                                      const Context& context) {
  const auto path = state.fetch() / "counters";
  const auto lock = FO_TRY(take_lock(state.fetch() / "counters.lock", context));
  auto all = FO_TRY(read_counters(path));
  auto& counters = all[source];
  add(counters, run);
  json sources = json::object();
  for (const auto& [name, one] : all) sources[name] = to_json(one);
  const json whole{{"format", format_number}, {"sources", sources}};
  FO_TRY(write_file_atomically(path, whole.dump(1, ' ', false, json::error_handler_t::replace) + "\n"));
  return counters;
}

}  // namespace failover
