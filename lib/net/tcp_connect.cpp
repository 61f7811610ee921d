#include "net/tcp_connect.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/system_error.hpp"
#include "net/address.hpp"
#include "net/resolver.hpp"
#include "net/socket_wait.hpp"

namespace failover {

Result<Fd> tcp_connect(const Address& address, Duration limit, const Context& context) {
  const auto work = "cannot connect to " + address.text();
  Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail_errno("cannot make a socket");
  const int on = 1;
  // Without it every small request of a file protocol waits for the acknowledgement of the one before.
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd.get(), address.data(), address.size()) != 0) {
    if (errno != EINPROGRESS) return fail_errno(work);
    FO_TRY(while_doing(work, wait_for_socket(fd.get(), POLLOUT, limit, address.text(), context)));
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return fail_errno(work);
    if (error != 0) return std::unexpected(system_error(error, work));
  }
  return fd;
}

Result<std::vector<Address>> find_server(const std::string& host, std::uint16_t port, const Context& context) {
  auto addresses = Resolver::resolve_now(host, port, context);
  if (!addresses && addresses.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::unreachable, addresses.error().message);
  }
  return addresses;
}

Result<Fd> tcp_connect(const std::string& host, std::uint16_t port, Duration limit, const Context& context) {
  const auto addresses = FO_TRY(find_server(host, port, context.within(limit)));
  Result<Fd> result = fail(ErrorKind::unreachable, host + " has no address");
  for (const auto& address : addresses) {
    result = tcp_connect(address, limit, context);
    if (result) break;
    FO_TRY(context.check());
  }
  return result;
}

}  // namespace failover
