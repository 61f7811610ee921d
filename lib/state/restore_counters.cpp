#include "state/restore_counters.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

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
constexpr std::size_t size_limit = std::size_t{64} * 1024;
constexpr int most_tries = 100;
constexpr std::chrono::milliseconds between_tries{50};

Result<RestoreCounters> read_counters(const std::filesystem::path& path) {
  const auto text = read_file(path, size_limit);
  if (!text && text.error().kind == ErrorKind::not_found) return RestoreCounters{};
  if (!text) return std::unexpected(text.error().while_doing("reading the counters of fo-restore"));
  FO_TRY(check_state_format(*text, format_number, path));
  try {
    RestoreCounters counters;
    const auto value = json::parse(*text);
    value.at("runs").get_to(counters.runs);
    value.at("failures").get_to(counters.failures);
    value.at("acts").get_to(counters.acts);
    value.at("bytes").get_to(counters.bytes);
    if (value.contains("succeeded")) {
      counters.succeeded = FO_TRY(parse_rfc3339(value.at("succeeded").get<std::string>()));
    }
    return counters;
  } catch (const json::exception&) {
    return damaged_state(path);
  }
}

void add(RestoreCounters& counters, const CountedRestore& run) {
  ++counters.runs;
  if (run.failed) {
    ++counters.failures;
    return;
  }
  counters.succeeded = run.ended;
  counters.acts += run.acts;
  counters.bytes += run.bytes;
}

Result<FileLock> take_lock(const std::filesystem::path& path, const Context& context) {
  for (int tries = 1;; ++tries) {
    auto lock = FileLock::take(path);
    if (lock || lock.error().kind != ErrorKind::locked || tries == most_tries) return lock;
    FO_TRY(pause_between_tries(between_tries, context));
  }
}

}  // namespace

Result<RestoreCounters> count_restore(const StateDir& state, const CountedRestore& run, const Context& context) {
  const auto path = state.restore() / "counters";
  const auto lock = FO_TRY(take_lock(state.restore() / "counters.lock", context));
  auto counters = FO_TRY(read_counters(path));
  add(counters, run);
  json value{{"format", format_number},
             {"runs", counters.runs},
             {"failures", counters.failures},
             {"acts", counters.acts},
             {"bytes", counters.bytes}};
  if (counters.succeeded) value["succeeded"] = rfc3339(*counters.succeeded);
  FO_TRY(write_file_atomically(path, value.dump(1) + "\n"));
  return counters;
}

}  // namespace failover
