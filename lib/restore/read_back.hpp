#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// A file that a worker says it wrote into a slot.
struct WrittenFile {
  int folder = -1;
  std::uint64_t slot = 0;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
  std::string_view path;  ///< what it will be, for messages
};

/// Reads each file and holds it against size and CRC-32 (property effect): who wrote it is not asked. Several at a
/// time.
Result<void> read_back_files(std::span<const WrittenFile> files, const Context& context);

}  // namespace failover
