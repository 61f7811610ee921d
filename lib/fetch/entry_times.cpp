#include "fetch/entry_times.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <failover/context.hpp>

#include "archive/zip_bytes.hpp"
#include "core/clock.hpp"

namespace failover {

namespace {

// APPNOTE.TXT 4.3.12 (central directory header), 4.5.5 (NTFS extra field); 0x5455 is Info-ZIP's extended timestamp.
constexpr std::size_t header_size = 46;
constexpr std::uint64_t extended_timestamp = 0x5455;
constexpr std::uint64_t ntfs_times = 0x000a;

/// MS-DOS date and time: local time of the writer, in steps of two seconds.
std::optional<WallTime> dos_time(std::uint64_t time, std::uint64_t date) {
  using namespace std::chrono;
  const year_month_day day{year(1980 + static_cast<int>(date >> 9U)), month(static_cast<unsigned>(date >> 5U) & 15U),
                           std::chrono::day(static_cast<unsigned>(date) & 31U)};
  if (!day.ok()) return std::nullopt;
  return sys_days(day) + hours((time >> 11U) & 31U) + minutes((time >> 5U) & 63U) + seconds((time & 31U) * 2);
}

/// 100 ns since 1601-01-01.
WallTime ntfs_time(std::uint64_t ticks) {
  constexpr std::uint64_t seconds_to_1970 = 11'644'473'600;
  const auto seconds = ticks / 10'000'000;
  return wall_time(static_cast<std::int64_t>(seconds) - static_cast<std::int64_t>(seconds_to_1970));
}

/// The modification time in UTC, where the extra fields have one.
std::optional<WallTime> exact_time(std::string_view extra) {
  while (extra.size() >= 4) {
    const auto id = le16(extra, 0);
    const auto length = static_cast<std::size_t>(le16(extra, 2));
    if (extra.size() < 4 + length) return std::nullopt;
    const auto field = extra.substr(4, length);
    if (id == extended_timestamp && length >= 5 && (field.front() & 1) != 0) {
      const auto seconds = static_cast<std::int32_t>(static_cast<std::uint32_t>(le32(field, 1)));
      return wall_time(seconds);
    }
    if (id == ntfs_times && length >= 16 && le16(field, 4) == 1) return ntfs_time(le64(field, 8));
    extra.remove_prefix(4 + length);
  }
  return std::nullopt;
}

}  // namespace

std::optional<NewestEntry> newest_entry_time(std::string_view directory) {
  NewestEntry result;
  while (!directory.empty()) {
    if (directory.size() < header_size || le32(directory, 0) != central_signature) return std::nullopt;
    const auto name = static_cast<std::size_t>(le16(directory, 28));
    const auto extra = static_cast<std::size_t>(le16(directory, 30));
    const auto comment = static_cast<std::size_t>(le16(directory, 32));
    if (directory.size() < header_size + name + extra + comment) return std::nullopt;
    const auto exact = exact_time(directory.substr(header_size + name, extra));
    const auto time = exact ? exact : dos_time(le16(directory, 12), le16(directory, 14));
    if (time && (!result.newest || *time > *result.newest)) result = {time, exact.has_value()};
    directory.remove_prefix(header_size + name + extra + comment);
  }
  return result;
}

}  // namespace failover
