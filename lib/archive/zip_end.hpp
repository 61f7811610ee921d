#pragma once

#include <cstdint>

#include <failover/error.hpp>

namespace failover {

/// Where the central directory lies (APPNOTE 4.3.14 to 4.3.16).
struct ZipEnd {
  std::uint64_t entries = 0;
  std::uint64_t directory_offset = 0;
  std::uint64_t directory_size = 0;
};

/// Finds the end record of an archive of `file_size` bytes; nothing may lie between the central directory and it.
Result<ZipEnd> read_zip_end(int fd, std::uint64_t file_size);

}  // namespace failover
