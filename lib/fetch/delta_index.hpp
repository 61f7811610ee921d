#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// An entry of a zip archive as bytes of its file: local header, packed data, perhaps a data descriptor.
struct PackedEntry {
  std::string name;  ///< as written
  std::uint32_t crc = 0;
  std::uint64_t compressed = 0;
  std::uint64_t size = 0;
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
  WallTime modified;
  std::uint64_t begin = 0;  ///< of its local header
  std::uint64_t data = 0;   ///< where its packed bytes begin; 0 = not looked at
  std::uint64_t end = 0;    ///< where the next one, or the central directory, begins

  [[nodiscard]] std::uint64_t span() const noexcept { return end - begin; }
};

/// Where everything in an archive lies, by its central directory alone: no promise that it is a good one.
struct PackedIndex {
  std::vector<PackedEntry> entries;  ///< in the order of their bytes
  std::uint64_t directory = 0;       ///< offset of the central directory
  std::uint64_t size = 0;            ///< of the file
};

/// Needs only the central directory and what follows it to be in the file.
Result<PackedIndex> read_packed_index(int fd, std::uint64_t size, const Context& context);

/// Fills in PackedEntry::data from the local headers.
Result<void> find_packed_data(int fd, PackedIndex& index, const Context& context);

/// Set in PackedEntry::flags: a data descriptor follows the data (APPNOTE 4.4.4, bit 3).
constexpr std::uint16_t descriptor_flag = 0x0008;
constexpr std::uint64_t local_header_size = 30;

}  // namespace failover
