#include "net/socket_wait.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include <poll.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/stop_wake.hpp"
#include "core/system_error.hpp"

namespace failover {

Result<void> wait_for_socket(int fd, short events, Duration silence, std::string_view peer, const Context& context) {
  const auto wake = FO_TRY(StopWake::make());
  const auto on_stop = wake.on(context.stop);
  const auto until = context.deadline.sooner(Deadline::after(silence));
  while (true) {
    FO_TRY(context.check());
    std::array polled{pollfd{fd, events, 0}, pollfd{wake.fd(), POLLIN, 0}};
    const int ready = ::poll(polled.data(), polled.size(), until.poll_timeout_ms());
    if (ready < 0 && errno != EINTR) return fail_errno("cannot poll");
    FO_TRY(context.check());
    if (ready > 0 && polled[0].revents != 0) return {};
    if (until.passed()) {
      return fail(ErrorKind::timeout, std::string(peer) + " was silent for " + human_duration(silence));
    }
  }
}

}  // namespace failover
