#include "archive/entry_record.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"

namespace failover {

namespace {

template <typename Number>
void put(std::string& bytes, Number number) {
  static_assert(std::is_integral_v<Number>);
  const auto before = bytes.size();
  bytes.resize(before + sizeof number);
  std::memcpy(bytes.data() + before, &number, sizeof number);
}

/// Hands out what is in a record; every value after the end is 0, and then ok() is false.
class Fields {
 public:
  explicit Fields(std::string_view bytes) noexcept : bytes_(bytes) {}

  template <typename Number>
  Number number() noexcept {
    Number value = 0;
    text(sizeof value).copy(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  }

  std::string_view text(std::size_t size) noexcept {
    ok_ = ok_ && size <= bytes_.size();
    if (!ok_) return {};
    const auto part = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return part;
  }

  void refuse() noexcept { ok_ = false; }
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] std::string_view rest() const noexcept { return bytes_; }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

WallTime time_of(std::int64_t ns) noexcept {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(ns)));
}

std::int64_t ns_of(WallTime time) noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

ArchiveEntry entry_from(Fields& fields) {
  ArchiveEntry entry;
  const auto kind = fields.number<std::uint8_t>();
  if (kind > static_cast<std::uint8_t>(EntryKind::symlink)) fields.refuse();
  entry.kind = static_cast<EntryKind>(kind);
  entry.place.method = fields.number<std::uint16_t>();
  entry.mode = fields.number<std::uint32_t>();
  entry.crc = fields.number<std::uint32_t>();
  entry.size = fields.number<std::uint64_t>();
  entry.place.offset = fields.number<std::uint64_t>();
  entry.place.packed = fields.number<std::uint64_t>();
  entry.modified = time_of(fields.number<std::int64_t>());
  const auto path_size = fields.number<std::uint16_t>();
  const auto link_size = fields.number<std::uint16_t>();
  entry.path = fields.text(path_size);
  entry.link = fields.text(link_size);
  return entry;
}

}  // namespace

void append_entry(std::string& bytes, const ArchiveEntry& entry) {
  put(bytes, static_cast<std::uint8_t>(entry.kind));
  put(bytes, entry.place.method);
  put(bytes, std::uint32_t{entry.mode});
  put(bytes, entry.crc);
  put(bytes, entry.size);
  put(bytes, entry.place.offset);
  put(bytes, entry.place.packed);
  put(bytes, ns_of(entry.modified));
  put(bytes, static_cast<std::uint16_t>(entry.path.size()));
  put(bytes, static_cast<std::uint16_t>(entry.link.size()));
  bytes.append(entry.path).append(entry.link);
}

void append_job(std::string& bytes, const ArchiveEntry& entry, std::uint32_t folder, std::uint64_t slot) {
  put(bytes, folder);
  put(bytes, slot);
  append_entry(bytes, entry);
}

Result<ArchiveEntry> take_entry(std::string_view& bytes) {
  Fields fields(bytes);
  auto entry = entry_from(fields);
  if (!fields.ok()) return fail(ErrorKind::internal, "fo-unpack speaks of an entry that is none");
  bytes = fields.rest();
  return entry;
}

Result<UnpackJob> take_job(std::string_view& bytes) {
  Fields fields(bytes);
  UnpackJob job;
  job.folder = fields.number<std::uint32_t>();
  job.slot = fields.number<std::uint64_t>();
  job.entry = entry_from(fields);
  if (!fields.ok()) return fail(ErrorKind::internal, "fo-unpack was given a job that is none");
  bytes = fields.rest();
  return job;
}

}  // namespace failover
