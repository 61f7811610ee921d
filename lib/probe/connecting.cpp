#include "probe/connecting.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include <failover/observer.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/socket.hpp"
#include "probe/blame.hpp"
#include "probe/prober.hpp"

namespace failover {

void Connecting::start(const Address& peer, const std::optional<Address>& source, Connected connected, Failed failed) {
  connected_ = std::move(connected);
  failed_ = std::move(failed);
  auto fd = connect_socket(peer, SOCK_STREAM, source);
  if (!fd) return fail_soon(finding_of(fd.error(), Moment::asking, "connect"));
  fd_ = std::move(*fd);
  auto watch = loop_.watch(fd_.get(), EPOLLOUT, [this](std::uint32_t) { on_ready(); });
  if (!watch) return fail_soon({std::unexpected(watch.error()), watch.error().message, Grade::ok, false});
  watch_ = std::move(*watch);
}

void Connecting::fail_soon(Finding finding) {
  failure_ = loop_.soon([this, result = std::move(finding)] {
    const auto failed = std::exchange(failed_, nullptr);
    failed(result);
  });
}

void Connecting::on_ready() {
  const int error = take_socket_error(fd_.get());
  watch_.reset();
  // Whoever is called may destroy this.
  if (error != 0) {
    const auto failed = std::exchange(failed_, nullptr);
    failed(finding_of(error, Moment::answered, "connect"));
    return;
  }
  const auto connected = std::exchange(connected_, nullptr);
  connected(std::move(fd_));
}

}  // namespace failover
