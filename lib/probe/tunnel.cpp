#include "probe/tunnel.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/loop.hpp"
#include "probe/blame.hpp"
#include "probe/connecting.hpp"
#include "probe/kept_connections.hpp"
#include "probe/open_connection.hpp"
#include "probe/prober.hpp"

namespace failover {

namespace {

constexpr auto hold_time = std::chrono::milliseconds(300);

class TunnelCheck final : public RunningCheck {
 public:
  TunnelCheck(const CheckPlace& place, const Target& target, const Address& address, CheckDone done)
      : loop_(place.loop), kept_(place.kept), target_(target), connecting_(place.loop), done_(std::move(done)) {
    connecting_.start(
        address, place.source, [this](Fd fd) { hold(std::move(fd)); },
        [this](Finding finding) { end(std::move(finding)); });
  }

  [[nodiscard]] Finding at_deadline() const override {
    if (!fd_) return found(Health::down, "connect timed out");
    // It accepted and has not closed: all that failed is our patience.
    auto error = Error{ErrorKind::usage, fmt::format("could not ask: the timeout leaves no {} ms after the connect to "
                                                     "see whether the peer closes; give a longer one",
                                                     hold_time.count())};
    auto detail = error.message;
    return {std::unexpected(std::move(error)), std::move(detail), Grade::ok, false};
  }

 private:
  void hold(Fd fd) {
    fd_ = std::move(fd);
    auto watch = loop_.watch(fd_.get(), EPOLLIN | EPOLLRDHUP, [this](std::uint32_t) { on_ready(); });
    if (!watch) return end({std::unexpected(watch.error()), watch.error().message, Grade::ok, false});
    watch_ = std::move(*watch);
    held_ = loop_.after(hold_time, [this] { held(); });
  }

  void held() {
    watch_.reset();
    if (kept_ != nullptr) kept_->keep(target_, open_connection(loop_, std::move(fd_)));
    end(found(Health::up, "connected, stays open"));
  }

  void on_ready() {
    std::array<char, 4096> ignored{};
    const auto count = recv(fd_.get(), ignored.data(), ignored.size(), 0);
    if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))) return;  // it may speak first
    if (count == 0) return end(found(Health::down, "accepted, then closed at once"));
    end(finding_of(errno, Moment::answered, "accepted, then broken"));
  }

  /// The last thing done: whoever is called may destroy this.
  void end(Finding finding) {
    watch_.reset();
    held_.reset();
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(finding));
  }

  Loop& loop_;
  KeptConnections* kept_;
  const Target& target_;
  Connecting connecting_;
  CheckDone done_;
  Fd fd_;
  Loop::Watch watch_;
  Loop::Timer held_;
};

}  // namespace

Pending start_tunnel(const CheckPlace& place, const Target& target, const Address& address, Deadline, CheckDone done) {
  return std::make_unique<TunnelCheck>(place, target, address, std::move(done));
}

}  // namespace failover
