#include "core/system_error.hpp"

#include <cerrno>
#include <expected>
#include <string>
#include <string_view>
#include <system_error>

#include "failover/error.hpp"

namespace failover {

namespace {

ErrorKind kind_of(int error_number) noexcept {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorKind::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::permission;
    case ETIMEDOUT:
      return ErrorKind::timeout;
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EPIPE:
      return ErrorKind::unreachable;
    default:
      return ErrorKind::io;
  }
}

}  // namespace

Error system_error(int error_number, std::string_view work) {
  return Error{kind_of(error_number),
               std::string(work) + ": " + std::error_code(error_number, std::generic_category()).message()};
}

std::unexpected<Error> fail_errno(std::string_view work) {
  return std::unexpected(system_error(errno, work));
}

}  // namespace failover
