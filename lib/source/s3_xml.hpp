#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// One object as ListObjectsV2 shows it.
struct S3Entry {
  std::string key;
  std::uint64_t size = 0;
  WallTime modified;  ///< whole seconds, as HEAD gives it
  std::string etag;   ///< without quotes
};

/// One page of a listing.
struct S3Page {
  std::vector<S3Entry> entries;
  std::string next;  ///< continuation token; empty at the end
};

/// Reads an answer to ListObjectsV2. A document type, an entity of its own, more than 64 KiB in one element, nesting
/// deeper than 16 or a missing part is an error of kind protocol.
Result<S3Page> parse_s3_page(std::string_view xml);

/// "CODE: MESSAGE" of an error answer; empty when it is not one.
std::string s3_error_text(std::string_view xml);

}  // namespace failover
