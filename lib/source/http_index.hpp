#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// The names of the regular files in a folder's index as nginx writes it with `autoindex_format json`. An error of kind
/// protocol when it is not that.
Result<std::vector<std::string>> parse_http_index(std::string_view text);

}  // namespace failover
