#include "fetch/part_map.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace failover {

namespace {

std::optional<MapRecord> parse_map_line(std::string_view line) {
  if (line.size() < 2 || (line[0] != 'f' && line[0] != 'c') || line[1] != ' ') return std::nullopt;
  std::array<std::uint64_t, 3> numbers{};
  const char* at = line.data() + 2;
  const char* const end = line.data() + line.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0 && (at == end || *at != ' ')) return std::nullopt;
    if (i > 0) ++at;
    const auto [next, error] = std::from_chars(at, end, numbers.at(i), 16);
    if (error != std::errc()) return std::nullopt;
    at = next;
  }
  const auto [offset, length, crc] = numbers;
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  if (at != end || length == 0 || offset > most || length > most - offset ||
      crc > std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  return MapRecord{
      {offset, length}, static_cast<std::uint32_t>(crc), line[0] == 'c' ? Origin::copied : Origin::fetched};
}

}  // namespace

std::string map_line(const MapRecord& record) {
  return fmt::format("{} {:x} {:x} {:x}\n", record.origin == Origin::copied ? 'c' : 'f', record.range.offset,
                     record.range.length, record.crc);
}

std::vector<MapRecord> parse_map(std::string_view text) {
  std::vector<MapRecord> records;
  while (true) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return records;  // a torn last line
    if (const auto record = parse_map_line(text.substr(0, end))) records.push_back(*record);
    text.remove_prefix(end + 1);
  }
}

}  // namespace failover
