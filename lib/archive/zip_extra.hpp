#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// What we read from an extra field (APPNOTE 4.5, 4.6).
struct ZipExtra {
  std::optional<std::string_view> zip64;         ///< 0x0001
  std::optional<std::string_view> unicode_path;  ///< 0x7075, the name in it
  std::optional<std::string_view> aes;           ///< 0x9901, of WinZip
  std::optional<WallTime> modified;              ///< 0x5455 (UT) or 0x000a (NTFS), both UTC
};

/// Walks the whole field; refused when it does not consist of whole records or names one of ours twice.
/// @param entry for the message. The views point into `bytes`.
Result<ZipExtra> parse_zip_extra(std::string_view bytes, std::string_view entry);

}  // namespace failover
