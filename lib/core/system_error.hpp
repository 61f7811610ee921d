#pragma once

#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// An error from errno: "WORK: No such file or directory". ENOENT is not_found, EACCES, EPERM and EROFS permission,
/// ETIMEDOUT timeout, the "no route / refused" family unreachable, everything else io.
Error system_error(int error_number, std::string_view work);

/// The failing side of a Result, from errno as it is now.
std::unexpected<Error> fail_errno(std::string_view work);

}  // namespace failover
