#include "archive/zip_central.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_rule.hpp"
#include "archive/check.hpp"
#include "archive/entry_path.hpp"
#include "archive/zip_bytes.hpp"
#include "archive/zip_end.hpp"
#include "archive/zip_extra.hpp"
#include "archive/zip_index.hpp"
#include "core/file_io.hpp"

namespace failover {

namespace {

constexpr std::size_t header_size = 46;
constexpr std::uint16_t flag_patch = 0x0020;
constexpr std::uint16_t flag_strong_encryption = 0x0040;
constexpr std::uint16_t flag_utf8 = 0x0800;
constexpr std::uint16_t flag_masked = 0x2000;
constexpr unsigned dos_directory = 0x10;

/// Hands out the directory's bytes from front to back with one buffer, whatever its size.
class DirectoryBytes {
 public:
  DirectoryBytes(int fd, const ZipEnd& end) noexcept
      : fd_(fd), next_(end.directory_offset), left_(end.directory_size) {}

  [[nodiscard]] bool at_end() const noexcept { return left_ == 0 && buffered().empty(); }

  /// The next `size` bytes without taking them; valid until the next call.
  Result<std::string_view> peek(std::size_t size) {
    if (buffered().size() < size) FO_TRY(fill(size));
    if (buffered().size() < size)
      return refuse(ArchiveRule::central_header, "its central directory ends within an entry");
    return buffered().substr(0, size);
  }
  void take(std::size_t size) noexcept { used_ += size; }

 private:
  [[nodiscard]] std::string_view buffered() const noexcept { return std::string_view(buffer_).substr(used_); }

  Result<void> fill(std::size_t size) {
    constexpr std::size_t chunk = 1U << 20U;
    buffer_.erase(0, used_);
    used_ = 0;
    const auto before = buffer_.size();
    const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(left_, std::max(chunk, size)));
    buffer_.resize(before + more);
    const auto count = FO_TRY(read_at(fd_, next_, std::as_writable_bytes(std::span(buffer_)).subspan(before)));
    if (count != more) return fail(ErrorKind::io, "the archive became shorter while it was read");
    next_ += more;
    left_ -= more;
    return {};
  }

  int fd_;
  std::uint64_t next_;
  std::uint64_t left_;
  std::string buffer_;
  std::size_t used_ = 0;
};

/// DOS times have no zone: they are this host's local time, as every unpacker takes them.
WallTime from_dos(std::uint16_t date, std::uint16_t time) noexcept {
  std::tm parts{};
  parts.tm_year = (date >> 9U) + 80;
  parts.tm_mon = ((date >> 5U) & 15) - 1;
  parts.tm_mday = date & 31;
  parts.tm_hour = time >> 11U;
  parts.tm_min = (time >> 5U) & 63;
  parts.tm_sec = (time & 31) * 2;
  parts.tm_isdst = -1;
  return std::chrono::system_clock::from_time_t(std::mktime(&parts));
}

/// Replaces each field that points elsewhere, in their order, by its Zip64 value; no value may be left over.
Result<void> take_zip64(ZipEntry& entry, std::uint16_t disk, std::optional<std::string_view> zip64,
                        std::string_view name) {
  auto values = zip64.value_or(std::string_view());
  for (auto* field : {&entry.size, &entry.place.packed, &entry.local_offset}) {
    if (*field != elsewhere32) continue;
    if (values.size() < 8) return refuse(ArchiveRule::extra_field, name, "a Zip64 value that it needs is missing");
    *field = le64(values, 0);
    values.remove_prefix(8);
  }
  if (disk == elsewhere16 && values.size() >= 4) {
    disk = le32(values, 0) == 0 ? 0 : 1;
    values.remove_prefix(4);
  }
  if (disk != 0) return refuse(ArchiveRule::multi_disk, name, "it lies on another disk");
  if (!values.empty())
    return refuse(ArchiveRule::extra_field, name, "its Zip64 record holds more than its header asks for");
  return {};
}

/// File, directory or link, by the name's slash and the attributes, which must not contradict each other.
Result<void> take_type(ZipEntry& entry, std::string_view header, const ArchiveLimits& limits, std::string_view name) {
  entry.kind = name.ends_with('/') ? EntryKind::directory : EntryKind::file;
  const auto attributes = le32(header, 38);
  const auto made_on = static_cast<unsigned char>(header[5]);
  constexpr unsigned unix_host = 3;
  constexpr unsigned darwin_host = 19;
  const unsigned unix_mode = made_on == unix_host || made_on == darwin_host ? attributes >> 16U : 0;
  const auto type = unix_mode & S_IFMT;
  entry.mode = unix_mode & 07777U;
  if (S_ISLNK(type) && limits.symlinks && !entry.is_directory()) {
    entry.kind = EntryKind::symlink;
  } else if (type != 0 && type != (entry.is_directory() ? S_IFDIR : S_IFREG)) {
    return refuse(ArchiveRule::entry_type, name,
                  S_ISLNK(type) ? "it is a symbolic link" : "it is neither a regular file nor a directory");
  }
  if (type == 0 && (attributes & dos_directory) != 0 && !entry.is_directory()) {
    return refuse(ArchiveRule::entry_type, name, "it is marked as a directory but named as a file");
  }
  if (entry.is_directory() && (entry.size != 0 || entry.crc != 0)) {
    return refuse(ArchiveRule::directory_data, name, "it is a directory with content");
  }
  return {};
}

/// What WinZip's AES says of itself: version, "AE", strength, the method behind it.
bool known_aes(std::string_view record) noexcept {
  constexpr std::size_t record_size = 7;
  constexpr std::uint16_t deflated = 8;
  return record.size() == record_size && record.substr(2, 2) == "AE" && record[4] >= 1 && record[4] <= 3 &&
         (le16(record, 5) == 0 || le16(record, 5) == deflated);
}

Result<void> check_packing(const ZipEntry& entry, const ZipExtra& extra, const ArchiveLimits& limits,
                           std::string_view name) {
  constexpr std::uint16_t deflated = 8;
  constexpr std::uint16_t aes = 99;
  const bool encrypted = (entry.flags & zip_encrypted) != 0;
  if ((entry.flags & (flag_strong_encryption | flag_masked)) != 0) {
    return refuse(ArchiveRule::encrypted, name, "it is encrypted in a way that only PKZIP reads");
  }
  if (encrypted && !limits.encrypted) {
    return refuse(ArchiveRule::encrypted, name, "it is encrypted; say --password-file, or make the backup without");
  }
  const bool by_aes = encrypted && entry.place.method == aes && extra.aes && known_aes(*extra.aes);
  if ((entry.flags & flag_patch) != 0 || (entry.place.method != 0 && entry.place.method != deflated && !by_aes)) {
    return refuse(ArchiveRule::method, name,
                  "it is packed with method " + std::to_string(entry.place.method) + ", not stored or deflated");
  }
  if (entry.place.method == 0 && !encrypted && entry.place.packed != entry.size) {
    return refuse(ArchiveRule::stored_size, name, "it is stored but not as large packed as unpacked");
  }
  return {};
}

Result<CentralEntry> parse_entry(std::string_view header, std::string_view extra_bytes, std::string raw_name,
                                 const ArchiveLimits& limits) {
  CentralEntry central;
  ZipEntry& entry = central.entry;
  entry.flags = le16(header, 8);
  entry.place.method = le16(header, 10);
  entry.crc = le32(header, 16);
  entry.place.packed = le32(header, 20);
  entry.size = le32(header, 24);
  entry.local_offset = le32(header, 42);
  const auto extra = FO_TRY(parse_zip_extra(extra_bytes, raw_name));
  FO_TRY(take_zip64(entry, le16(header, 34), extra.zip64, raw_name));
  if (extra.unicode_path && *extra.unicode_path != raw_name) {
    return refuse(ArchiveRule::unicode_path, raw_name, "it has a second, different name");
  }
  entry.path = FO_TRY(entry_path(raw_name, (entry.flags & flag_utf8) != 0));
  FO_TRY(check_packing(entry, extra, limits, raw_name));
  FO_TRY(take_type(entry, header, limits, raw_name));
  if (entry.path.empty() && !entry.is_directory()) return refuse(ArchiveRule::name_empty, raw_name, "it has no name");
  entry.modified = extra.modified ? *extra.modified : from_dos(le16(header, 14), le16(header, 12));
  central.raw_name = std::move(raw_name);
  return central;
}

}  // namespace

Result<std::vector<CentralEntry>> read_central_directory(int fd, const ZipEnd& end, const ArchiveLimits& limits,
                                                         const Context& context) {
  if (end.entries > limits.max_files) {
    return refuse(ArchiveRule::max_files, "it holds " + std::to_string(end.entries) + " entries; --max-files allows " +
                                              std::to_string(limits.max_files));
  }
  if (end.entries > end.directory_size / header_size) {
    return refuse(ArchiveRule::central_header, "its central directory is too small for the entries it counts");
  }
  std::vector<CentralEntry> entries;
  entries.reserve(static_cast<std::size_t>(end.entries));
  DirectoryBytes bytes(fd, end);
  while (entries.size() < end.entries) {
    if (entries.size() % 1024 == 0) FO_TRY(context.check());
    const auto fixed = FO_TRY(bytes.peek(header_size));
    if (le32(fixed, 0) != central_signature) {
      return refuse(ArchiveRule::central_header, "an entry of its central directory has the wrong signature");
    }
    const std::size_t name_size = le16(fixed, 28);
    const std::size_t extra_size = le16(fixed, 30);
    const auto total = header_size + name_size + extra_size + le16(fixed, 32);
    const auto record = FO_TRY(bytes.peek(total));
    entries.push_back(
        FO_TRY(parse_entry(record.substr(0, header_size), record.substr(header_size + name_size, extra_size),
                           std::string(record.substr(header_size, name_size)), limits)));
    bytes.take(total);
  }
  if (!bytes.at_end()) return refuse(ArchiveRule::central_header, "its central directory holds more than it counts");
  return entries;
}

}  // namespace failover
