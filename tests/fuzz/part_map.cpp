#include "fetch/part_map.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"

using failover::MapRecord;
using failover::test::must;

namespace {

bool same(const MapRecord& a, const MapRecord& b) {
  return a.range.offset == b.range.offset && a.range.length == b.range.length && a.crc == b.crc && a.origin == b.origin;
}

}  // namespace

/// An octet says where the map is torn, the rest is the map.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto text = failover::test::as_text(data, size).substr(1);
  const auto records = failover::parse_map(text);
  std::string written;
  for (const auto& record : records) {
    const auto [offset, length] = record.range;
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    must(length > 0 && offset <= most && length <= most - offset, "bytes lie in a file");
    written += map_line(record);
  }
  const auto back = failover::parse_map(written);
  must(back.size() == records.size(), "every record that is written is read");
  for (std::size_t i = 0; i < back.size(); ++i) must(same(back[i], records[i]), "and is the same");

  const auto torn = failover::parse_map(text.substr(0, text.size() * data[0] / 256));
  must(torn.size() <= records.size(), "a torn map tells no more than the whole one");
  for (std::size_t i = 0; i < torn.size(); ++i) must(same(torn[i], records[i]), "and nothing else");
  return 0;
}
