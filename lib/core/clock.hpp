#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// A time that others tell. The clock's type ends in 1677 and 2262: beyond lies what stands for "never", such as the
/// year 9999 of a certificate (RFC 5280 section 4.1.2.5), and becomes about 1684 or 2255.
WallTime wall_time(std::int64_t seconds_since_1970, std::int64_t nanoseconds = 0) noexcept;

/// RFC 3339 in UTC with whole seconds: "2026-11-23T06:07:00Z"; with_millis adds ".123".
std::string rfc3339(WallTime time);
std::string rfc3339_millis(WallTime time);
Result<WallTime> parse_rfc3339(std::string_view text);

/// "20261123T060700Z", for file names.
std::string compact_utc(WallTime time);

/// For messages: "350 ms", "12 s", "3 h 5 min", "2 d 4 h".
std::string human_duration(Duration duration);
/// For messages: "512 B", "1.4 MiB".
std::string human_size(unsigned long long bytes);

}  // namespace failover
