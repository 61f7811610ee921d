#pragma once

#include <string_view>

namespace failover {

/// Pure: whether a symbolic link ends beneath the directory that it is put into. ".." counts only at the front of a
/// target, where it goes up through real directories; behind a name it could go up from wherever a link leads.
/// @param directory the root, absolute  @param path of the link beneath it  @param target as stored
bool link_ends_inside(std::string_view directory, std::string_view path, std::string_view target) noexcept;

}  // namespace failover
