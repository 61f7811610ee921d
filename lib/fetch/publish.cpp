#include "fetch/publish.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "fetch/partial.hpp"
#include "state/backup_sidecar.hpp"

namespace failover {

namespace {

constexpr std::size_t longest_stem = 160;  // a file name has 255 bytes

std::string harmless(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool bad = byte <= 0x20 || byte == 0x7f || c == '/' || c == '\\';
    result += bad || (result.empty() && (c == '.' || c == '-')) ? '_' : c;
  }
  return result;
}

}  // namespace

std::string stored_name(std::string_view name, WallTime time, std::string_view sha256) {
  constexpr std::string_view tar = ".tar";
  auto dot = name.rfind('.');
  // "pbx.tar.gz" has one extension of two words; ".tar.gz" would have no stem.
  if (dot != std::string_view::npos && dot > tar.size() && name.substr(0, dot).ends_with(tar)) dot -= tar.size();
  const bool has_extension = dot != std::string_view::npos && dot > 0 && dot + 1 < name.size();
  auto stem = harmless(has_extension ? name.substr(0, dot) : name).substr(0, longest_stem);
  const auto extension = has_extension ? harmless(name.substr(dot + 1)).substr(0, 16) : std::string("zip");
  return fmt::format("{}.{}-{}.{}", stem, compact_utc(time), sha256.substr(0, 8), extension);
}

Result<std::filesystem::path> publish_backup(Partial& partial, const std::filesystem::path& folder,
                                             const BackupSidecar& sidecar) {
  auto path = folder / stored_name(sidecar.name, sidecar.backup_time(), sidecar.sha256);
  FO_TRY(partial.sync());
  FO_TRY(write_backup_sidecar(path, sidecar));
  FO_TRY(while_doing("publishing the backup", partial.publish(path)));
  return path;
}

}  // namespace failover
