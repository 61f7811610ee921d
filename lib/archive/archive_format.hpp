#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace failover {

/// How an archive is read: a zip by our own parser, entry by entry and in any order; everything else, and a zip that is
/// encrypted, by libarchive from front to back.
enum class ArchiveFormat : std::uint8_t { zip, tar, encrypted_zip };

/// How many bytes tell what an archive is.
constexpr std::size_t format_bytes = 512;

/// By its first bytes: tar for a tar, packed with gzip, xz or zstd or not packed at all, else zip: whose parser then
/// says what is wrong with it.
ArchiveFormat format_of(std::span<const std::byte> beginning) noexcept;

}  // namespace failover
