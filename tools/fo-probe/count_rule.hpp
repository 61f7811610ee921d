#pragma once

#include <cstddef>
#include <string_view>

#include <failover/error.hpp>

namespace failover::cli {

/// "all", "any" or a number from 1 to `total`, as Policy::down_needed counts (0 = all).
/// @param option for the message, with its dashes
Result<std::size_t> parse_count_rule(std::string_view text, std::size_t total, std::string_view option);

}  // namespace failover::cli
