#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// What every fencer that runs a program on this host needs.
inline constexpr Duration default_fence_timeout = std::chrono::seconds(60);

/// The parameter timeout= of a fencer: a number with ms, s or m, at most an hour.
Result<Duration> parse_fence_timeout(const std::string& text);

/// What a program said, as one clause for a message: its first line.
std::string first_clause(std::string_view text);
/// Why it failed: the line that its log calls an error, else the last one.
std::string reason_clause(std::string_view text);

/// There, a regular file, and this process may run it.
Result<void> check_fence_program(const std::string& file);

}  // namespace failover
