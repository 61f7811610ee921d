#include "fetch/archive_end.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "archive/archive_format.hpp"
#include "archive/zip_bytes.hpp"
#include "core/sha256.hpp"
#include "fetch/entry_times.hpp"

namespace failover {

namespace {

// APPNOTE.TXT 4.3.16 (end of central directory), 4.3.15 (zip64 locator), 4.3.14 (zip64 end record).
constexpr std::string_view end_magic = "PK\x05\x06";
constexpr std::size_t end_size = 22;
constexpr std::size_t locator_size = 20;
constexpr std::size_t end64_size = 56;
constexpr std::uint64_t index_limit = 64ULL * 1024 * 1024;
constexpr std::size_t tail_size = end_size + 65535 + locator_size;

/// Everything from `offset` to `offset + size`; fewer bytes if the object ends before.
Result<std::string> read_range(const RangeReader& read, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const auto rest = std::as_writable_bytes(std::span(bytes)).subspan(done);
    const auto count = FO_TRY(read(offset + done, rest));
    if (count == 0) break;
    done += count;
  }
  bytes.resize(done);
  return bytes;
}

/// The last end record whose comment reaches exactly to the end.
std::optional<std::size_t> find_end(std::string_view tail) {
  for (auto at = tail.rfind(end_magic); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : tail.rfind(end_magic, at - 1)) {
    if (at + end_size <= tail.size() && at + end_size + le16(tail, at + 20) == tail.size()) return at;
  }
  return std::nullopt;
}

struct Index {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t end = 0;  ///< where the end records begin
};

Result<std::optional<Index>> find_index(const RangeReader& read, std::uint64_t file_size, std::string_view tail,
                                        std::size_t end_at) {
  const std::uint64_t tail_offset = file_size - tail.size();
  Index index{le32(tail, end_at + 16), le32(tail, end_at + 12), tail_offset + end_at};
  if (end_at >= locator_size && le32(tail, end_at - locator_size) == zip64_locator_signature) {
    const auto end64_at = le64(tail, end_at - locator_size + 8);
    const auto end64 = FO_TRY(read_range(read, end64_at, end64_size));
    if (end64.size() != end64_size || le32(end64, 0) != zip64_end_signature) return std::nullopt;
    index = {le64(end64, 48), le64(end64, 40), end64_at};
  }
  if (index.offset > index.end || index.size > index.end - index.offset) return std::nullopt;
  return index;
}

/// From the central directory to the end; what `tail` has is not read again.
Result<std::string> from_index(const RangeReader& read, std::uint64_t offset, std::uint64_t size,
                               std::string_view tail) {
  const auto tail_offset = size - tail.size();
  if (offset >= tail_offset) return std::string(tail.substr(static_cast<std::size_t>(offset - tail_offset)));
  auto bytes = FO_TRY(read_range(read, offset, static_cast<std::size_t>(tail_offset - offset)));
  bytes += tail;
  return bytes;
}

std::string digest_of(std::string_view bytes) {
  Sha256 digest;
  digest.add(std::as_bytes(std::span(bytes)));
  return digest.hex();
}

ArchiveEnd not_complete(ArchiveState state, std::string why) {
  ArchiveEnd end;
  end.state = state;
  end.why = std::move(why);
  return end;
}

/// Two blocks of zeros end a tar (POSIX pax, "ustar Interchange Format"), "YZ" an xz stream (its format, 2.1.2.4). What
/// gzip and zstd end with tells nothing by itself.
bool is_cut_off(std::string_view head, std::string_view tail) {
  constexpr std::size_t end_of_tar = 1024;
  if (head.starts_with("\xfd"
                       "7zXZ"))
    return !tail.ends_with("YZ");
  if (head.starts_with("\x1f\x8b") || head.starts_with("\x28\xb5\x2f\xfd")) return false;
  return tail.size() < end_of_tar || tail.substr(tail.size() - end_of_tar).find_first_not_of('\0') != tail.npos;
}

/// A tar has no index: its last bytes stand for it. Packed ones end with a sum of all that is in them.
ArchiveEnd end_of_tar(std::string_view head, std::string_view tail) {
  if (is_cut_off(head, tail)) {
    return not_complete(ArchiveState::incomplete, "its archive has no end: still being written, or cut off");
  }
  ArchiveEnd end;
  end.state = ArchiveState::complete;
  end.index_sha256 = digest_of(tail);
  return end;
}

}  // namespace

Result<ArchiveEnd> read_archive_end(const RangeReader& read, std::uint64_t size) {
  if (size == 0) return not_complete(ArchiveState::incomplete, "it is empty");
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, tail_size));
  const auto tail = FO_TRY(read_range(read, size - wanted, wanted));
  if (tail.size() != wanted) return not_complete(ArchiveState::incomplete, "it became shorter while we looked at it");
  const auto end_at = find_end(tail);
  if (!end_at) {
    const auto head = FO_TRY(read_range(read, 0, format_bytes));
    if (format_of(std::as_bytes(std::span(head))) == ArchiveFormat::tar) return end_of_tar(head, tail);
    if (!head.starts_with("PK")) return not_complete(ArchiveState::foreign, "it is neither a zip archive nor a tar");
    return not_complete(ArchiveState::incomplete, "its archive has no end: still being written, or cut off");
  }
  const auto index = FO_TRY(find_index(read, size, tail, *end_at));
  if (!index) return not_complete(ArchiveState::incomplete, "the end of its archive does not fit to the rest");

  ArchiveEnd end;
  end.state = ArchiveState::complete;
  if (index->size > index_limit) {
    end.index_sha256 = digest_of(std::string_view(tail).substr(*end_at));
    return end;
  }
  auto bytes = FO_TRY(from_index(read, index->offset, size, tail));
  const auto times = newest_entry_time(std::string_view(bytes).substr(0, static_cast<std::size_t>(index->size)));
  if (!times) return not_complete(ArchiveState::incomplete, "its central directory is damaged");
  end.index_sha256 = digest_of(bytes);
  end.newest_entry = times->newest;
  end.exact_time = times->exact;
  end.index = {index->offset, std::move(bytes)};
  return end;
}

}  // namespace failover
