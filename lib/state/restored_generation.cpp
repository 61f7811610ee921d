#include "state/restored_generation.hpp"

#include <cstddef>
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

// A backup may name thousands, and every run's line in the journal carries them.
constexpr std::size_t most_kept = 16;
constexpr std::size_t longest_kept = 255;

/// As it will be written: a control character takes six bytes.
bool short_enough(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).size() <= longest_kept;
}

nlohmann::json gateways_json(const std::vector<BackupGateway>& gateways) {
  auto list = nlohmann::json::array();
  for (const auto& each : gateways) {
    if (list.size() == most_kept) break;
    if (!short_enough(each.name) || !short_enough(each.host)) continue;
    list.push_back({{"name", each.name}, {"host", each.host}});
    put(list.back(), "port", each.port);
  }
  return list;
}

nlohmann::json certificates_json(const std::vector<BackupCertificate>& certificates) {
  auto list = nlohmann::json::array();
  for (const auto& each : certificates) {
    if (list.size() == most_kept) break;
    if (!short_enough(each.path) || !short_enough(each.subject)) continue;
    list.push_back({{"path", each.path}, {"subject", each.subject}});
    if (each.expires) list.back()["expires"] = rfc3339(*each.expires);
  }
  return list;
}

void take_contents(const nlohmann::json& value, RestoredGeneration& generation) {
  take(value, "fqdn", generation.fqdn);
  for (const auto& each : value.value("gateways", nlohmann::json::array())) {
    BackupGateway gateway{each.at("name").get<std::string>(), each.at("host").get<std::string>(), {}};
    take(each, "port", gateway.port);
    generation.gateways.push_back(std::move(gateway));
  }
  for (const auto& each : value.value("certificates", nlohmann::json::array())) {
    BackupCertificate certificate{each.at("path").get<std::string>(), each.at("subject").get<std::string>(), {}};
    // Written in an unknown way it is unknown.
    if (const auto time = parse_rfc3339(each.value("expires", std::string()))) certificate.expires = *time;
    generation.certificates.push_back(std::move(certificate));
  }
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
  if (generation.fqdn && short_enough(*generation.fqdn)) value["fqdn"] = *generation.fqdn;
  if (!generation.gateways.empty()) value["gateways"] = gateways_json(generation.gateways);
  if (!generation.certificates.empty()) value["certificates"] = certificates_json(generation.certificates);
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
    take_contents(value, generation);
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
