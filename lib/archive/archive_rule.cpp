#include "archive/archive_rule.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>

namespace failover {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(ArchiveRule::empty_archive) + 1> names{
    "end-record",
    "zip64-record",
    "multi-disk",
    "directory-bounds",
    "central-header",
    "extra-field",
    "unicode-path",
    "encrypted",
    "password",
    "method",
    "entry-type",
    "directory-data",
    "stored-size",
    "local-header",
    "local-mismatch",
    "descriptor",
    "overlap",
    "hidden-bytes",
    "name-empty",
    "name-absolute",
    "name-dotdot",
    "name-control",
    "name-backslash",
    "name-utf8",
    "name-encoding",
    "name-length",
    "name-reserved",
    "duplicate",
    "file-and-directory",
    "case-duplicate",
    "data",
    "size",
    "crc",
    "max-files",
    "max-size",
    "max-ratio",
    "link",
    "empty-archive"};

}  // namespace

std::string_view to_string(ArchiveRule rule) noexcept {
  const auto place = static_cast<std::size_t>(rule);
  return place < names.size() ? names[place] : "unknown";
}

std::string printable(std::string_view name) {
  constexpr std::size_t enough = 200;
  std::string text;
  for (const char c : name.substr(0, enough)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || byte == '\\' || byte >= 0x80) {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text += c;
    }
  }
  if (name.size() > enough) text += "...";
  return text;
}

std::unexpected<Error> refuse(ArchiveRule rule, std::string_view entry, std::string_view sentence) {
  return fail(ErrorKind::integrity,
              fmt::format("entry '{}' breaks the rule {}: {}", printable(entry), to_string(rule), sentence));
}

std::unexpected<Error> refuse(ArchiveRule rule, std::string_view sentence) {
  return fail(ErrorKind::integrity, fmt::format("the archive breaks the rule {}: {}", to_string(rule), sentence));
}

}  // namespace failover
