#include "net/socket_wait.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/fd.hpp"
#include "core/system_error.hpp"

namespace failover {

Result<void> wait_for_socket(int fd, short events, Duration silence, std::string_view peer, const Context& context) {
  const Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return fail_errno("cannot make an eventfd");
  const std::stop_callback on_stop(context.stop, [&wake]() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake.get(), &one, sizeof one);
  });
  const auto until = context.deadline.sooner(Deadline::after(silence));
  while (true) {
    FO_TRY(context.check());
    std::array polled{pollfd{fd, events, 0}, pollfd{wake.get(), POLLIN, 0}};
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
