#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace failover {

/// RFC 4648 section 4, with padding.
std::string base64_encode(std::string_view bytes);
/// Strict: any foreign character, a wrong length or misplaced padding is none.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace failover
