#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "net/http_message.hpp"

namespace failover {

/// "bytes 0-99/1234" (RFC 9110 section 14.4).
struct ContentRange {
  ByteRange range;
  std::optional<std::uint64_t> size;  ///< of the whole; none for '*'
};

std::optional<ContentRange> parse_content_range(std::string_view text);

/// What the body of an answer to a request for one range holds: that range, or the whole object where the range began
/// at 0. Everything else is an error: protocol when it is other bytes than we asked for, conflict when the object has
/// another size.
/// @param size of the object as it was listed
Result<ByteRange> answered_range(const HttpHead& head, ByteRange wanted, std::uint64_t size);

}  // namespace failover
