#include "state/backup_sidecar.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/atomic_file.hpp"
#include "core/clock.hpp"
#include "core/file_io.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr int format_number = 1;
constexpr std::size_t size_limit = std::size_t{256} * 1024;
constexpr std::string_view suffix = ".json";

std::int64_t nanoseconds_of(WallTime time) {
  return std::chrono::nanoseconds(time - std::chrono::floor<std::chrono::seconds>(time)).count();
}

json to_json(const BackupSidecar& sidecar) {
  json value{{"format", format_number},
             {"source", sidecar.source},
             {"object", sidecar.object},
             {"name", sidecar.name},
             {"version", sidecar.version},
             {"size", sidecar.size},
             {"sha256", sidecar.sha256},
             {"index_sha256", sidecar.index_sha256},
             {"modified", rfc3339(sidecar.modified)},
             {"modified_ns", nanoseconds_of(sidecar.modified)},
             {"fetched", rfc3339(sidecar.fetched)},
             {"verified", sidecar.verified},
             {"match", sidecar.match},
             {"fetched_bytes", sidecar.fetched_bytes},
             {"copied_bytes", sidecar.copied},
             {"warnings", sidecar.warnings}};
  if (!sidecar.crc64.empty()) value["crc64"] = sidecar.crc64;
  if (!sidecar.base.empty()) value["base"] = sidecar.base;
  if (sidecar.content) value["content"] = rfc3339(*sidecar.content);
  return value;
}

WallTime time_of(const json& value, const char* key) {
  auto time = parse_rfc3339(value.at(key).get<std::string>());
  if (!time) throw json::other_error::create(599, "bad time", &value);
  return *time;
}

/// Not a fraction, not below nothing, not beyond 64 bits: a cast would make something of all of these.
std::uint64_t number_of(const json& value, const char* key) {
  const auto& number = value.at(key);
  if (!number.is_number_unsigned()) throw json::other_error::create(599, "bad number", &value);
  return number.get<std::uint64_t>();
}

BackupSidecar from_json(const json& value) {
  BackupSidecar sidecar;
  value.at("source").get_to(sidecar.source);
  value.at("object").get_to(sidecar.object);
  value.at("name").get_to(sidecar.name);
  value.at("version").get_to(sidecar.version);
  sidecar.size = number_of(value, "size");
  value.at("sha256").get_to(sidecar.sha256);
  value.at("index_sha256").get_to(sidecar.index_sha256);
  const auto nanoseconds = number_of(value, "modified_ns");
  if (nanoseconds > 999'999'999) throw json::other_error::create(599, "bad nanoseconds", &value);
  sidecar.modified = time_of(value, "modified") + std::chrono::nanoseconds(nanoseconds);
  sidecar.fetched = time_of(value, "fetched");
  if (value.contains("content")) sidecar.content = time_of(value, "content");
  value.at("verified").get_to(sidecar.verified);
  value.at("warnings").get_to(sidecar.warnings);
  // Not in sidecars of older versions.
  sidecar.crc64 = value.value("crc64", "");
  sidecar.match = value.value("match", "");
  sidecar.base = value.value("base", "");
  sidecar.fetched_bytes = value.contains("fetched_bytes") ? number_of(value, "fetched_bytes") : 0;
  sidecar.copied = value.contains("copied_bytes") ? number_of(value, "copied_bytes") : 0;
  return sidecar;
}

bool is_hex(const std::string& text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<BackupSidecar> parse(const std::filesystem::path& path, const std::string& text) {
  const auto damaged = [&path] {
    return fail(ErrorKind::integrity, "the sidecar " + path.string() + " is damaged; fetch the backup again");
  };
  const auto value = json::parse(text, nullptr, false);
  if (!value.is_object() || !value.contains("format") || !value["format"].is_number_unsigned()) return damaged();
  if (value["format"].get<std::uint64_t>() > format_number) {
    return fail(ErrorKind::unfinished,
                "the sidecar " + path.string() + " was written by a newer version of these tools; use that one");
  }
  try {
    auto sidecar = from_json(value);
    if (!is_hex(sidecar.sha256, 64) || sidecar.verified.empty()) return damaged();
    if (!sidecar.crc64.empty() && !is_hex(sidecar.crc64, 16)) return damaged();
    return sidecar;
  } catch (const json::exception&) {
    return damaged();
  }
}

/// Regular files only; names without a leading dot.
Result<std::vector<std::filesystem::path>> visible_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  if (error == std::errc::no_such_file_or_directory) return files;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (!entry->path().filename().string().starts_with('.') &&
        entry->symlink_status(ignored).type() == std::filesystem::file_type::regular) {
      files.push_back(entry->path());
    }
  }
  if (error) return fail(ErrorKind::io, "cannot read the folder " + folder.string() + ": " + error.message());
  return files;
}

}  // namespace

WallTime BackupSidecar::backup_time() const noexcept {
  return content ? std::min(*content, modified) : modified;
}

std::filesystem::path sidecar_path(const std::filesystem::path& backup) {
  auto path = backup;
  path += suffix;
  return path;
}

Result<void> write_backup_sidecar(const std::filesystem::path& backup, const BackupSidecar& sidecar) {
  // A store may hand out names that are not UTF-8; they are replaced here, never thrown over.
  const auto text = to_json(sidecar).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  return while_doing("writing the backup's sidecar", write_file_atomically(sidecar_path(backup), text));
}

Result<std::optional<BackupSidecar>> read_backup_sidecar(const std::filesystem::path& backup) {
  const auto path = sidecar_path(backup);
  const auto text = read_file(path, size_limit);
  if (!text && text.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error());
  return FO_TRY(parse(path, *text));
}

Result<std::vector<StoredBackup>> list_stored_backups(const std::filesystem::path& folder) {
  std::vector<StoredBackup> backups;
  for (const auto& path : FO_TRY(visible_files(folder))) {
    if (path.extension() == suffix) continue;
    const auto sidecar = read_backup_sidecar(path);
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (!sidecar || error) continue;
    const auto& known = *sidecar;
    if (known && known->size == size) backups.push_back({path, *known});
  }
  std::ranges::sort(backups, [](const StoredBackup& a, const StoredBackup& b) {
    if (a.sidecar.backup_time() != b.sidecar.backup_time()) return a.sidecar.backup_time() > b.sidecar.backup_time();
    if (a.sidecar.fetched != b.sidecar.fetched) return a.sidecar.fetched > b.sidecar.fetched;
    return a.path > b.path;
  });
  return backups;
}

Result<std::vector<std::filesystem::path>> orphaned_sidecars(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> orphans;
  for (const auto& path : FO_TRY(visible_files(folder))) {
    if (path.extension() != suffix) continue;
    auto backup = path;
    backup.replace_extension();
    std::error_code error;
    if (!std::filesystem::exists(backup, error) && !error && read_backup_sidecar(backup)) orphans.push_back(path);
  }
  return orphans;
}

}  // namespace failover
