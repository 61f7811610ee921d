#include "probe/blame.hpp"

#include <cerrno>
#include <expected>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/system_error.hpp"
#include "net/pinned_connection.hpp"
#include "probe/prober.hpp"

namespace failover {

bool is_peers_fault(int error, Moment moment) noexcept {
  switch (error) {
    case ECONNREFUSED:
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ETIMEDOUT:
      return true;
    case EHOSTUNREACH:
    case EHOSTDOWN:
    case ENOPROTOOPT:  // ICMP protocol unreachable
    case EPROTO:
      return moment == Moment::answered;
    default:
      return false;
  }
}

Finding finding_of(int error, Moment moment, std::string_view work) {
  const auto words = std::generic_category().message(error);
  if (is_peers_fault(error, moment)) return found(Health::down, fmt::format("{}: {}", work, words));
  const bool no_route = error == ENETUNREACH || error == EAFNOSUPPORT || error == EADDRNOTAVAIL ||
                        error == EHOSTUNREACH || error == EINVAL;
  return {std::unexpected(system_error(error, fmt::format("could not ask: {}", work))),
          fmt::format("could not ask: {}: {}", work, words), Grade::ok, no_route};
}

Finding finding_of(const ConnectionFailure& failure, std::string_view work) {
  if (failure.os_error != 0) {
    return finding_of(failure.os_error, failure.ours ? Moment::asking : Moment::answered, work);
  }
  if (!failure.ours) return found(Health::down, failure.reason);
  auto detail = fmt::format("could not ask: {}", failure.reason);
  return {fail(ErrorKind::internal, detail), detail, Grade::ok, false};
}

}  // namespace failover
