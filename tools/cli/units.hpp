#pragma once

#include <cstdint>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover::cli {

/// "500ms", "30s", "5m", "24h", "7d". A bare number, a sign or an unknown unit is an error of kind usage.
Result<Duration> parse_duration(std::string_view text);

/// "512B", "10MB" (10^6), "64KiB" (2^10). A bare number is an error of kind usage.
Result<std::uint64_t> parse_size(std::string_view text);

}  // namespace failover::cli
