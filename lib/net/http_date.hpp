#pragma once

#include <optional>
#include <string>

#include <failover/context.hpp>

namespace failover {

/// The time of a Date or Last-Modified field (RFC 9110 section 5.6.7); none when it is not one.
std::optional<WallTime> parse_http_date(const std::string& text);

/// "Tue, 24 Nov 2026 05:00:00 GMT".
std::string http_date(WallTime time);

}  // namespace failover
