#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace failover {

/// Little-endian numbers of a record that is known to be long enough.
template <typename Number>
constexpr Number little_endian(std::string_view bytes, std::size_t offset) noexcept {
  Number value = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) {
    value = static_cast<Number>((std::uint64_t{value} << 8U) | static_cast<unsigned char>(bytes[offset + i]));
  }
  return value;
}

constexpr std::uint16_t le16(std::string_view bytes, std::size_t offset) noexcept {
  return little_endian<std::uint16_t>(bytes, offset);
}
constexpr std::uint32_t le32(std::string_view bytes, std::size_t offset) noexcept {
  return little_endian<std::uint32_t>(bytes, offset);
}
constexpr std::uint64_t le64(std::string_view bytes, std::size_t offset) noexcept {
  return little_endian<std::uint64_t>(bytes, offset);
}

/// In a 16- or 32-bit field: the real value stands in a Zip64 record.
constexpr std::uint16_t elsewhere16 = 0xFFFF;
constexpr std::uint32_t elsewhere32 = 0xFFFFFFFF;

/// Flag bit 0.
constexpr std::uint16_t zip_encrypted = 0x0001;

constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::uint32_t descriptor_signature = 0x08074b50;
constexpr std::uint32_t central_signature = 0x02014b50;
constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint32_t zip64_end_signature = 0x06064b50;
constexpr std::uint32_t zip64_locator_signature = 0x07064b50;

}  // namespace failover
