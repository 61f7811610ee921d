#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <failover/source.hpp>

namespace failover {

/// Where bytes of a partial file came from.
enum class Origin { fetched, copied };

/// One line of a partial file's map: these bytes were written, and this is their CRC-32. The checksum lets the next run
/// tell what a power loss left of them, so that nothing needs to be fsynced while bytes come in.
struct MapRecord {
  ByteRange range;
  std::uint32_t crc = 0;
  Origin origin = Origin::fetched;
};

/// "f OFFSET LENGTH CRC LF", "c .." for copied; numbers in hexadecimal.
std::string map_line(const MapRecord& record);

/// Every line that is whole and well formed; others are passed over, for their bytes are simply not there.
std::vector<MapRecord> parse_map(std::string_view text);

}  // namespace failover
