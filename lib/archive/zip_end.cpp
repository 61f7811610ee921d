#include "archive/zip_end.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "archive/archive_rule.hpp"
#include "archive/zip_bytes.hpp"
#include "core/file_io.hpp"

namespace failover {

namespace {

constexpr std::size_t end_size = 22;
constexpr std::size_t locator_size = 20;
constexpr std::size_t zip64_end_size = 56;
constexpr std::size_t longest_comment = 0xFFFF;
constexpr std::string_view end_magic{"PK\5\6", 4};

/// The last bytes of the file, as far as an end record could begin in them, with room for a locator before it.
struct Tail {
  std::string bytes;
  std::uint64_t offset = 0;  ///< of bytes[0] in the file
};

Result<Tail> read_tail(int fd, std::uint64_t file_size) {
  Tail tail;
  const auto length = std::min<std::uint64_t>(file_size, end_size + longest_comment + locator_size);
  tail.bytes.resize(static_cast<std::size_t>(length));
  tail.offset = file_size - length;
  const auto count = FO_TRY(read_at(fd, tail.offset, std::as_writable_bytes(std::span(tail.bytes))));
  if (count != length) return fail(ErrorKind::io, "the archive became shorter while it was read");
  return tail;
}

/// Fields of a Zip64 end record; the record must lie directly before its locator.
Result<ZipEnd> read_zip64_end(int fd, std::string_view locator, std::uint64_t locator_offset) {
  if (le32(locator, 4) != 0 || le32(locator, 16) > 1) return refuse(ArchiveRule::multi_disk, "it spans several disks");
  const auto offset = le64(locator, 8);
  if (locator_offset < zip64_end_size || offset != locator_offset - zip64_end_size) {
    return refuse(ArchiveRule::zip64_record, "the Zip64 end record is not where its locator must have it");
  }
  std::string record(zip64_end_size, '\0');
  const auto count = FO_TRY(read_at(fd, offset, std::as_writable_bytes(std::span(record))));
  if (count != record.size() || le32(record, 0) != zip64_end_signature || le64(record, 4) != zip64_end_size - 12) {
    return refuse(ArchiveRule::zip64_record, "the Zip64 end record is malformed");
  }
  if (le32(record, 16) != 0 || le32(record, 20) != 0 || le64(record, 24) != le64(record, 32)) {
    return refuse(ArchiveRule::multi_disk, "it spans several disks");
  }
  return ZipEnd{le64(record, 32), le64(record, 48), le64(record, 40)};
}

/// A field of the end record says the same as its Zip64 twin, or points there.
bool agrees(std::uint64_t small, std::uint64_t elsewhere, std::uint64_t large) noexcept {
  return small == large || small == elsewhere;
}

}  // namespace

Result<ZipEnd> read_zip_end(int fd, std::uint64_t file_size) {
  const auto tail = FO_TRY(read_tail(fd, file_size));
  const auto place = tail.bytes.rfind(end_magic);
  if (place == std::string::npos || tail.bytes.size() - place < end_size) {
    return refuse(ArchiveRule::end_record, "it has no end record: it is no zip archive, or was cut off");
  }
  const auto record = std::string_view(tail.bytes).substr(place);
  if (record.size() != end_size + le16(record, 20)) {
    return refuse(ArchiveRule::end_record, "bytes follow its end record, or its comment was cut off");
  }
  const ZipEnd small{le16(record, 10), le32(record, 16), le32(record, 12)};
  const auto end_offset = tail.offset + place;
  std::optional<ZipEnd> large;
  if (place >= locator_size) {
    const auto locator = std::string_view(tail.bytes).substr(place - locator_size, locator_size);
    if (le32(locator, 0) == zip64_locator_signature) {
      large = FO_TRY(read_zip64_end(fd, locator, end_offset - locator_size));
    }
  }
  const bool disk_elsewhere = large && le16(record, 4) == elsewhere16 && le16(record, 6) == elsewhere16;
  if ((le16(record, 4) != 0 || le16(record, 6) != 0) && !disk_elsewhere) {
    return refuse(ArchiveRule::multi_disk, "it spans several disks");
  }
  if (le16(record, 8) != le16(record, 10)) return refuse(ArchiveRule::multi_disk, "it spans several disks");
  if (large && !(agrees(small.entries, elsewhere16, large->entries) &&
                 agrees(small.directory_offset, elsewhere32, large->directory_offset) &&
                 agrees(small.directory_size, elsewhere32, large->directory_size))) {
    return refuse(ArchiveRule::zip64_record, "its two end records contradict each other");
  }
  const ZipEnd end = large.value_or(small);
  const auto directory_end = large ? end_offset - locator_size - zip64_end_size : end_offset;
  if (end.directory_size > directory_end || end.directory_offset != directory_end - end.directory_size) {
    return refuse(ArchiveRule::directory_bounds, "its central directory does not end where the end record begins");
  }
  return end;
}

}  // namespace failover
