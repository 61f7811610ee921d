#include "archive/zip_extra.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_rule.hpp"
#include "archive/zip_bytes.hpp"
#include "core/clock.hpp"

namespace failover {

namespace {

constexpr std::uint16_t zip64_id = 0x0001;
constexpr std::uint16_t ntfs_id = 0x000a;
constexpr std::uint16_t unix_time_id = 0x5455;
constexpr std::uint16_t unicode_path_id = 0x7075;
constexpr std::uint16_t aes_id = 0x9901;

std::optional<WallTime> unix_time(std::string_view value) noexcept {
  if (value.size() < 5 || (static_cast<unsigned char>(value[0]) & 1U) == 0) return std::nullopt;
  return wall_time(static_cast<std::int32_t>(le32(value, 1)));
}

/// Tag 1, 24 bytes: three times in 100 ns since 1601.
std::optional<WallTime> ntfs_time(std::string_view value) noexcept {
  constexpr std::size_t first_tag = 4;
  if (value.size() < first_tag + 28 || le16(value, first_tag) != 1 || le16(value, first_tag + 2) != 24) {
    return std::nullopt;
  }
  constexpr std::int64_t unix_epoch = 11'644'473'600;
  constexpr std::uint64_t ticks = 10'000'000;
  const auto since_1601 = static_cast<std::int64_t>(le64(value, first_tag + 4) / ticks);
  return wall_time(since_1601 - unix_epoch);
}

}  // namespace

Result<ZipExtra> parse_zip_extra(std::string_view bytes, std::string_view entry) {
  ZipExtra extra;
  while (!bytes.empty()) {
    if (bytes.size() < 4 || bytes.size() - 4 < le16(bytes, 2)) {
      return refuse(ArchiveRule::extra_field, entry, "its extra field does not consist of whole records");
    }
    const auto id = le16(bytes, 0);
    const auto value = bytes.substr(4, le16(bytes, 2));
    bytes.remove_prefix(4 + value.size());
    if ((id == zip64_id && extra.zip64) || (id == unicode_path_id && extra.unicode_path) ||
        (id == aes_id && extra.aes)) {
      return refuse(ArchiveRule::extra_field, entry, "its extra field holds one record twice");
    }
    if (id == zip64_id) extra.zip64 = value;
    if (id == aes_id) extra.aes = value;
    if (id == unix_time_id && !extra.modified) extra.modified = unix_time(value);
    if (id == ntfs_id && !extra.modified) extra.modified = ntfs_time(value);
    if (id == unicode_path_id) {
      constexpr std::size_t before_name = 5;  // version, CRC-32 of the header's name
      if (value.size() < before_name) {
        return refuse(ArchiveRule::extra_field, entry, "its Unicode Path record is too short");
      }
      extra.unicode_path = value.substr(before_name);
    }
  }
  return extra;
}

}  // namespace failover
