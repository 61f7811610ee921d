#include "state/restore_manifest.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "core/atomic_file.hpp"
#include "core/file_io.hpp"
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

constexpr std::string_view unknown = "-";

/// Takes the words off the front of a line; after the first that is not as it should be, ok() is false.
class Words {
 public:
  explicit Words(std::string_view line) noexcept : rest_(line) {}

  std::string_view word() noexcept {
    const auto space = rest_.find(' ');
    ok_ = ok_ && space != std::string_view::npos;
    if (!ok_) return {};
    const auto word = rest_.substr(0, space);
    rest_.remove_prefix(space + 1);
    return word;
  }

  template <typename Number>
  Number number(int base = 10) noexcept {
    return number_in<Number>(word(), base);
  }

  std::optional<std::int64_t> number_or_unknown() noexcept {
    const auto text = word();
    return text == unknown ? std::nullopt : std::optional(number_in<std::int64_t>(text, 10));
  }

  void demand(bool right) noexcept { ok_ = ok_ && right; }
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

 private:
  template <typename Number>
  Number number_in(std::string_view text, int base) noexcept {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    demand(error == std::errc() && end == text.data() + text.size());
    return value;
  }

  std::string_view rest_;
  bool ok_ = true;
};

void take_directory(Words& words, ManifestEntry& entry) {
  const auto whose = words.word();
  words.demand(whose == "made" || whose == "kept");
  entry.made = whose == "made";
}

void take_file(Words& words, ManifestEntry& entry) {
  entry.crc = words.number<std::uint32_t>(16);
  entry.identity.size = words.number<std::uint64_t>();
  entry.identity.inode = words.number<std::uint64_t>();
  entry.identity.birth_ns = words.number_or_unknown();
  entry.mtime_ns = words.number<std::int64_t>();
  entry.ctime_ns = words.number<std::int64_t>();
}

/// A file or a symbolic link: "f" or "l", CRC-32 in hex, size, inode, birth time ("-": unknown), mtime, ctime, path. A
/// directory: "d", "made" or "kept", path. One space between two; the path has no line break.
void append_manifest_line(std::string& text, const ManifestEntry& entry) {
  const auto to = std::back_inserter(text);
  if (entry.directory) {
    fmt::format_to(to, "d {} {}\n", entry.made ? "made" : "kept", entry.path);
    return;
  }
  const auto& file = entry.identity;
  fmt::format_to(to, "{} {:x} {} {} ", file.symlink ? 'l' : 'f', entry.crc, file.size, file.inode);
  if (file.birth_ns) {
    fmt::format_to(to, "{}", *file.birth_ns);
  } else {
    text += unknown;
  }
  fmt::format_to(to, " {} {} {}\n", entry.mtime_ns, entry.ctime_ns, entry.path);
}

/// None when the line is not exactly what append_manifest_line() writes.
std::optional<ManifestEntry> parse_manifest_line(std::string_view line) {
  Words words(line);
  ManifestEntry entry;
  const auto kind = words.word();
  entry.directory = kind == "d";
  entry.identity.symlink = kind == "l";
  words.demand(entry.directory || entry.identity.symlink || kind == "f");
  if (entry.directory) {
    take_directory(words, entry);
  } else {
    take_file(words, entry);
  }
  if (!words.ok() || words.rest().empty()) return std::nullopt;
  entry.path = words.rest();
  return entry;
}

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
