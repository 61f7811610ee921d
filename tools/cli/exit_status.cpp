#include "cli/exit_status.hpp"

#include <csignal>

#include <failover/error.hpp>

namespace failover::cli {

int exit_status(ErrorKind kind, int signal_number) noexcept {
  switch (kind) {
    case ErrorKind::usage:
    case ErrorKind::config:
      return 2;
    case ErrorKind::refused:
    case ErrorKind::conflict:
      return 4;
    case ErrorKind::not_found:
      return 5;
    case ErrorKind::unreachable:
    case ErrorKind::timeout:
      return 6;
    case ErrorKind::integrity:
      return 7;
    case ErrorKind::locked:
      return 8;
    case ErrorKind::unfinished:
      return 9;
    case ErrorKind::cancelled:
      return 128 + (signal_number != 0 ? signal_number : SIGTERM);
    case ErrorKind::permission:
    case ErrorKind::protocol:
    case ErrorKind::io:
    case ErrorKind::internal:
      return 1;
  }
  return 1;
}

}  // namespace failover::cli
