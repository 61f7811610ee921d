#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace failover {

/// CRC-32 as in zip and gzip (ISO 3309); continue with the last result as `seed`.
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t seed = 0) noexcept;
std::uint32_t crc32(std::string_view text, std::uint32_t seed = 0) noexcept;

/// CRC-32C (Castagnoli, RFC 3720), which Google's stores give; continue with the last result as `seed`.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed = 0) noexcept;

/// CRC-64 as in xz (ECMA-182, reflected); continue with the last result as `seed`.
std::uint64_t crc64(std::span<const std::byte> bytes, std::uint64_t seed = 0) noexcept;

}  // namespace failover
