#include "state/restore_manifest.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "core/atomic_file.hpp"
#include "core/file_io.hpp"
#include "state/manifest_line.hpp"
#include "state/numbered_files.hpp"
#include "state/restore_roots.hpp"
#include "state/state_dir.hpp"
#include "state/state_format.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr int format_number = 2;
constexpr std::size_t size_limit = std::size_t{8} << 30U;
constexpr std::string_view prefix = "manifest.";

}  // namespace

Result<void> write_restore_manifest(const StateDir& state, const RestoreManifest& manifest) {
  auto file = FO_TRY(AtomicFile::create(numbered_file(state.restore(), prefix, manifest.generation)));
  const json header{{"format", format_number},
                    {"generation", manifest.generation},
                    {"roots", json::parse(roots_to_json(manifest.roots))},
                    {"entries", manifest.entries.size()}};
  std::string text = header.dump() + "\n";
  constexpr std::size_t chunk = std::size_t{256} * 1024;
  for (const auto& entry : manifest.entries) {
    if (entry.path.contains('\n')) return fail(ErrorKind::internal, "a manifest cannot hold a name with a line break");
    append_manifest_line(text, entry);
    if (text.size() < chunk) continue;
    FO_TRY(file.write(text));
    text.clear();
  }
  FO_TRY(file.write(text));
  return file.commit();
}

Result<RestoreManifest> parse_restore_manifest(std::string_view text, const std::filesystem::path& path) {
  // Cut off within the last name it would still read well.
  if (!text.ends_with('\n')) return damaged_state(path);
  std::string_view rest = text;
  const auto header_text = rest.substr(0, rest.find('\n'));
  FO_TRY(check_state_format(header_text, format_number, path));
  try {
    RestoreManifest manifest;
    const auto header = json::parse(header_text);
    header.at("generation").get_to(manifest.generation);
    manifest.roots = FO_TRY(roots_from_json(header.at("roots").dump()));
    const auto count = header.at("entries").get<std::size_t>();
    rest.remove_prefix(header_text.size());
    while (rest.size() > 1) {
      rest.remove_prefix(1);
      const auto line = rest.substr(0, rest.find('\n'));
      auto entry = parse_manifest_line(line);
      if (!entry) return damaged_state(path);
      manifest.entries.push_back(*std::move(entry));
      rest.remove_prefix(line.size());
    }
    if (manifest.entries.size() != count) return damaged_state(path);
    return manifest;
  } catch (const json::exception&) {
    return damaged_state(path);
  }
}

Result<RestoreManifest> read_restore_manifest(const StateDir& state, std::uint64_t generation) {
  const auto path = numbered_file(state.restore(), prefix, generation);
  const auto text = FO_TRY(read_file(path, size_limit));
  auto manifest = FO_TRY(parse_restore_manifest(text, path));
  if (manifest.generation != generation) return damaged_state(path);
  return manifest;
}

Result<void> remove_restore_manifest(const StateDir& state, std::uint64_t generation) {
  return remove_file_durably(numbered_file(state.restore(), prefix, generation));
}

Result<std::vector<std::uint64_t>> list_restore_manifests(const StateDir& state) {
  return list_numbered_files(state.restore(), prefix);
}

}  // namespace failover
