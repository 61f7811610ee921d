#include "state/manifest_line.hpp"

#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "state/restore_manifest.hpp"

namespace failover {

namespace {

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

}  // namespace

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

}  // namespace failover
