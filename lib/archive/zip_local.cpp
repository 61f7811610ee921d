#include "archive/zip_local.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "archive/archive_rule.hpp"
#include "archive/zip_bytes.hpp"
#include "archive/zip_central.hpp"
#include "archive/zip_extra.hpp"
#include "archive/zip_index.hpp"
#include "core/file_io.hpp"

namespace failover {

namespace {

constexpr std::size_t header_size = 30;
constexpr std::size_t usual_extra = 64;  ///< makers write less: times, owners, Zip64 sizes
constexpr std::uint16_t flag_descriptor = 0x0008;
constexpr std::uint16_t deflate_options = 0x0006;  ///< which effort was made: says nothing about the content

Result<std::string> read_at_least(int fd, std::uint64_t offset, std::size_t size, std::size_t more,
                                  std::string_view name) {
  std::string bytes(size + more, '\0');
  const auto count = FO_TRY(read_at(fd, offset, std::as_writable_bytes(std::span(bytes))));
  if (count < size) return refuse(ArchiveRule::local_header, name, "the archive ends within it");
  bytes.resize(count);
  return bytes;
}

/// The local header with name and extra fields, and whatever follows.
Result<std::string> read_header(int fd, std::uint64_t offset, std::string_view name) {
  // One call for nearly all: of many small entries it is the calls that cost.
  auto bytes = read_at_least(fd, offset, header_size, name.size() + usual_extra, name);
  if (!bytes) return bytes;
  if (le32(*bytes, 0) != local_signature) {
    return refuse(ArchiveRule::local_header, name, "there is no local header where the central directory says");
  }
  const auto size = header_size + le16(*bytes, 26) + le16(*bytes, 28);
  if (bytes->size() >= size) return bytes;
  return read_at_least(fd, offset, size, 0, name);
}

struct LocalValues {
  std::uint64_t crc = 0;
  std::uint64_t compressed = 0;
  std::uint64_t size = 0;
};

/// The sizes of the local header, from its Zip64 record when it has one (which then holds both, 4.5.3).
Result<LocalValues> local_values(std::string_view header, std::string_view extra_bytes, std::string_view name) {
  LocalValues values{le32(header, 14), le32(header, 18), le32(header, 22)};
  const auto extra = FO_TRY(parse_zip_extra(extra_bytes, name));
  if (extra.unicode_path && *extra.unicode_path != name) {
    return refuse(ArchiveRule::unicode_path, name, "it has a second, different name");
  }
  const bool elsewhere = values.compressed == elsewhere32 || values.size == elsewhere32;
  if (!elsewhere) return values;
  if (!extra.zip64 || extra.zip64->size() != 16) {
    return refuse(ArchiveRule::extra_field, name, "its local header needs a Zip64 record with both sizes");
  }
  if (values.size == elsewhere32) values.size = le64(*extra.zip64, 0);
  if (values.compressed == elsewhere32) values.compressed = le64(*extra.zip64, 8);
  return values;
}

bool same(const LocalValues& local, const ZipEntry& entry) noexcept {
  return local.crc == entry.crc && local.compressed == entry.place.packed && local.size == entry.size;
}

/// With a descriptor the values of the header are not known yet: each is zero, unless the writer knew it all the same
/// (Info-ZIP states the size when it read a file).
bool not_yet_known(const LocalValues& local, const ZipEntry& entry) noexcept {
  return (local.crc == 0 || local.crc == entry.crc) &&
         (local.compressed == 0 || local.compressed == entry.place.packed) &&
         (local.size == 0 || local.size == entry.size);
}

/// Its length tells its form: with or without signature, 32- or 64-bit sizes.
Result<void> check_descriptor(int fd, const CentralEntry& central, std::uint64_t offset, std::uint64_t room) {
  const auto& name = central.raw_name;
  if (room != 12 && room != 16 && room != 20 && room != 24) {
    return refuse(ArchiveRule::descriptor, name, "its data descriptor has no legal length");
  }
  const bool large = room >= 20;
  std::string bytes = FO_TRY(read_at_least(fd, offset, static_cast<std::size_t>(room), 0, name));
  std::string_view rest = bytes;
  if (room == 16 || room == 24) {
    if (le32(rest, 0) != descriptor_signature) {
      return refuse(ArchiveRule::descriptor, name, "its data descriptor has the wrong signature");
    }
    rest.remove_prefix(4);
  }
  const LocalValues values{le32(rest, 0), large ? le64(rest, 4) : le32(rest, 4),
                           large ? le64(rest, 12) : le32(rest, 8)};
  if (!same(values, central.entry)) {
    return refuse(ArchiveRule::descriptor, name, "its data descriptor contradicts the central directory");
  }
  return {};
}

}  // namespace

Result<void> check_local(int fd, CentralEntry& central, std::uint64_t end) {
  ZipEntry& entry = central.entry;
  const auto& name = central.raw_name;
  const auto header = FO_TRY(read_header(fd, entry.local_offset, name));
  const std::size_t name_size = le16(header, 26);
  const std::size_t extra_size = le16(header, 28);
  const auto text = std::string_view(header).substr(header_size, name_size + extra_size);
  const auto flags = le16(header, 6);
  if (text.substr(0, name_size) != name || ((flags ^ entry.flags) & (0xFFFFU ^ deflate_options)) != 0 ||
      le16(header, 8) != entry.place.method) {
    return refuse(ArchiveRule::local_mismatch, name, "its local header contradicts the central directory");
  }
  const auto values = FO_TRY(local_values(header, text.substr(name_size), name));
  const bool has_descriptor = (flags & flag_descriptor) != 0;
  if (!same(values, entry) && !(has_descriptor && not_yet_known(values, entry))) {
    return refuse(ArchiveRule::local_mismatch, name, "its local header contradicts the central directory");
  }
  entry.place.offset = entry.local_offset + header_size + name_size + extra_size;
  if (entry.place.offset > end || entry.place.packed > end - entry.place.offset) {
    return refuse(ArchiveRule::overlap, name, "it reaches into what follows it");
  }
  const auto room = end - entry.place.offset - entry.place.packed;
  if (has_descriptor) return check_descriptor(fd, central, entry.place.offset + entry.place.packed, room);
  if (room != 0) return refuse(ArchiveRule::hidden_bytes, name, "bytes that belong to nothing follow it");
  return {};
}

}  // namespace failover
