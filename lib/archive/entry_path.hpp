#pragma once

#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// The path that an entry's name means, if the name keeps every name rule (ArchiveRule::name_*): components joined by
/// single slashes, "." components and the trailing slash dropped. Empty means the archive's root.
/// @param marked_utf8 whether bit 11 says that the name is UTF-8
Result<std::string> entry_path(std::string_view name, bool marked_utf8);

/// Whether it is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
bool valid_utf8(std::string_view text) noexcept;

}  // namespace failover
