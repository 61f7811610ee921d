#include "state/watched_targets.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/atomic_file.hpp"
#include "core/clock.hpp"
#include "core/file_io.hpp"
#include "core/file_lock.hpp"
#include "state/state_dir.hpp"
#include "state/state_format.hpp"
#include "state/target_identity.hpp"

namespace failover {

namespace {

using std::chrono::milliseconds;

constexpr int format_number = 1;
constexpr std::size_t size_limit = 16UL * 1024 * 1024;
constexpr Duration forgotten_after = std::chrono::days(1);
constexpr std::int64_t longest_every_ms = 7LL * 24 * 3600 * 1000;

std::filesystem::path path_of(const StateDir& state) {
  return state.probe() / "watched";
}

std::optional<std::string> word_of(const nlohmann::json& row, const char* name) {
  const auto found = row.find(name);
  if (found == row.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<WallTime> time_of(const nlohmann::json& row, const char* name) {
  const auto word = word_of(row, name);
  const auto time = word ? parse_rfc3339(*word) : Result<WallTime>(fail(ErrorKind::integrity, "no time"));
  return time ? std::optional(*time) : std::nullopt;
}

std::optional<WatchedRow> row_of(const nlohmann::json& json) {
  if (!json.is_object()) return std::nullopt;
  auto health = word_of(json, "health");
  const auto since = time_of(json, "since");
  const auto until = time_of(json, "until");
  const auto every = json.find("every_ms");
  if (!health || !since || !until || every == json.end() || !every->is_number_unsigned()) return std::nullopt;
  const auto length = every->get<std::uint64_t>();
  if (length > static_cast<std::uint64_t>(longest_every_ms)) return std::nullopt;
  return WatchedRow{std::move(*health), *since, *until, milliseconds(length)};
}

nlohmann::json json_of(const WatchedRow& row) {
  return {{"health", row.health},
          {"since", rfc3339(row.since)},
          {"until", rfc3339(row.until)},
          {"every_ms", std::chrono::duration_cast<milliseconds>(row.every).count()}};
}

}  // namespace

Result<WatchedTargets> read_watched_targets(const StateDir& state) {
  const auto path = path_of(state);
  const auto text = read_file(path, size_limit);
  if (!text && text.error().kind == ErrorKind::not_found) return WatchedTargets{};
  if (!text) return std::unexpected(text.error().while_doing("reading since when targets are as they are"));
  FO_TRY(check_state_format(*text, format_number, path));
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.contains("targets") || !json["targets"].is_object()) return damaged_state(path);
  WatchedTargets targets;
  for (const auto& [target, value] : json["targets"].items()) {
    auto row = row_of(value);
    if (!row) return damaged_state(path);
    targets.emplace(target, std::move(*row));
  }
  return targets;
}

Result<void> write_watched_targets(const StateDir& state, const WatchedTargets& own, WallTime now) {
  const auto path = path_of(state);
  auto lock_path = path;
  lock_path += ".lock";
  const auto lock = FO_TRY(FileLock::take(lock_path));
  auto all = read_watched_targets(state);
  // Evidence that cannot be read is worth nothing; only what a newer version wrote is not ours to replace.
  if (!all && all.error().kind == ErrorKind::unfinished) return std::unexpected(all.error());
  auto targets = nlohmann::json::object();
  for (const auto& [target, row] : all.value_or(WatchedTargets{})) {
    if (now - row.until < forgotten_after) targets[target] = json_of(row);
  }
  for (const auto& [target, row] : own) targets[target] = json_of(row);
  const nlohmann::json json{{"format", format_number}, {"targets", std::move(targets)}};
  return write_file_atomically(path, json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

bool unbroken(const WatchedRow& row, WallTime now) noexcept {
  return row.since <= row.until && row.until <= now && now - row.until <= 2 * row.every;
}

std::optional<WallTime> seen_since(const WatchedTargets& watched, std::string_view target, const Result<Health>& health,
                                   WallTime now) {
  const auto found = watched.find(target_identity(target));
  if (found == watched.end() || found->second.health != to_string(health)) return std::nullopt;
  if (!unbroken(found->second, now)) return std::nullopt;
  return found->second.since;
}

}  // namespace failover
