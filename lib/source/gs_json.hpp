#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>
#include <failover/source.hpp>

namespace failover {

/// One page of a listing of Google's JSON API.
struct GsPage {
  std::vector<ObjectInfo> objects;  ///< `path` is the whole name within the bucket
  std::string next;                 ///< page token; empty at the end
};

/// An object resource: name, size, generation, timeCreated are needed; crc32c and md5Hash become digests. A missing or
/// malformed part is an error of kind protocol.
Result<ObjectInfo> parse_gs_object(std::string_view json);
Result<GsPage> parse_gs_page(std::string_view json);

/// The message of an error answer; empty when it is none.
std::string gs_error_text(std::string_view json);

/// The checksum of an X-Goog-Hash field, hexadecimal: "crc32c=15nTjQ==,md5=..". Empty when it is not there.
std::string gs_field_crc32c(std::string_view field);

}  // namespace failover
