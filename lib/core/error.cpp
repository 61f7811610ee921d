#include "failover/error.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace failover {

std::string_view to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::config:
      return "config";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::unreachable:
      return "unreachable";
    case ErrorKind::timeout:
      return "timeout";
    case ErrorKind::integrity:
      return "integrity";
    case ErrorKind::locked:
      return "locked";
    case ErrorKind::unfinished:
      return "unfinished";
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::permission:
      return "permission";
    case ErrorKind::protocol:
      return "protocol";
    case ErrorKind::io:
      return "io";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

Error Error::while_doing(std::string_view work) const {
  return Error{kind, std::string(work) + ": " + message};
}

std::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return std::unexpected(Error{kind, std::move(message)});
}

}  // namespace failover
