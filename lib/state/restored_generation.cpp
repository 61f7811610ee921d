#include "state/restored_generation.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/atomic_file.hpp"
#include "core/clock.hpp"
#include "core/file_io.hpp"
#include "state/restore_marker.hpp"
#include "state/restore_roots.hpp"
#include "state/state_dir.hpp"
#include "state/state_format.hpp"

namespace failover {

namespace {

constexpr int format_number = 1;
constexpr std::size_t size_limit = std::size_t{64} * 1024;

std::filesystem::path file_of(const StateDir& state) {
  return state.restore() / "current";
}

template <typename T>
void put(nlohmann::json& value, const char* key, const std::optional<T>& fact) {
  if (fact) value[key] = *fact;
}

template <typename T>
void take(const nlohmann::json& value, const char* key, std::optional<T>& fact) {
  if (value.contains(key)) fact = value.at(key).get<T>();
}

}  // namespace

std::string generation_to_json(const RestoredGeneration& generation) {
  nlohmann::json value{{"format", format_number},
                       {"generation", generation.generation},
                       {"backup", generation.backup},
                       {"backup_time", rfc3339(generation.backup_time)},
                       {"restored", rfc3339(generation.restored)},
                       {"sha256", generation.sha256},
                       {"roots", nlohmann::json::parse(roots_to_json(generation.roots))},
                       {"previous", generation.previous},
                       {"previous_backup", generation.previous_backup}};
  put(value, "pbx", generation.kind);
  put(value, "version", generation.version);
  put(value, "extensions", generation.extensions);
  put(value, "files", generation.files);
  put(value, "bytes", generation.bytes);
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<RestoredGeneration> generation_from_json(std::string_view text) {
  const auto value = nlohmann::json::parse(text, nullptr, false);
  try {
    RestoredGeneration generation;
    value.at("generation").get_to(generation.generation);
    value.at("backup").get_to(generation.backup);
    generation.backup_time = FO_TRY(parse_rfc3339(value.at("backup_time").get<std::string>()));
    generation.restored = FO_TRY(parse_rfc3339(value.at("restored").get<std::string>()));
    value.at("sha256").get_to(generation.sha256);
    generation.roots = FO_TRY(roots_from_json(value.at("roots").dump()));
    value.at("previous").get_to(generation.previous);
    value.at("previous_backup").get_to(generation.previous_backup);
    take(value, "pbx", generation.kind);
    take(value, "version", generation.version);
    take(value, "extensions", generation.extensions);
    take(value, "files", generation.files);
    take(value, "bytes", generation.bytes);
    return generation;
  } catch (const nlohmann::json::exception&) {
    return fail(ErrorKind::integrity, "a record of a restored generation is malformed");
  }
}

Result<std::optional<RestoredGeneration>> read_restored_generation(const StateDir& state) {
  const auto path = file_of(state);
  const auto text = read_file(path, size_limit);
  if (!text && text.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error());
  FO_TRY(check_state_format(*text, format_number, path));
  auto generation = generation_from_json(*text);
  if (!generation) return damaged_state(path);
  return *generation;
}

Result<bool> restore_in_progress(const StateDir& state) {
  return RestoreMarker(state).is_set();
}

Result<void> write_restored_generation(const StateDir& state, const std::optional<RestoredGeneration>& generation) {
  if (!generation) return remove_file_durably(file_of(state));
  return write_file_atomically(file_of(state), generation_to_json(*generation) + "\n");
}

}  // namespace failover
