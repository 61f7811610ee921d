#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace failover {

/// The number of a record type as people write it: "A", "aaaa", or "TYPE257" (RFC 3597 section 5).
std::optional<std::uint16_t> dns_type_of(std::string_view text);

/// "A", "AAAA", "TYPE257".
std::string dns_type_text(std::uint16_t type);

}  // namespace failover
