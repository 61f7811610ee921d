#include "probe/icmp.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/system_error.hpp"
#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/ping_socket.hpp"
#include "net/socket.hpp"
#include "probe/blame.hpp"
#include "probe/prober.hpp"

namespace failover {

namespace {

// As ping(8) does: a lost packet must not make a host look off.
constexpr Duration pause = std::chrono::seconds(1);
constexpr std::size_t payload_size = 32;
constexpr std::size_t most_bytes = 2048;
// A raw socket sees every echo reply of the peer, those to other programs too.
constexpr int packets_a_turn = 64;

Finding unknown(const Error& error) {
  return {std::unexpected(error), error.message, Grade::ok, false};
}

class IcmpCheck final : public RunningCheck {
 public:
  IcmpCheck(const CheckPlace& place, CheckDone done) : place_(place), done_(std::move(done)) {}

  void start(const Address& address) {
    auto socket = PingSocket::connect(address, place_.source);
    if (!socket) return end_soon(no_socket(socket.error()));
    socket_ = std::make_unique<PingSocket>(std::move(*socket));
    struct {
      std::uint16_t identifier;
      std::uint16_t sequence;
      std::array<char, payload_size> payload;
    } random{};
    if (getrandom(&random, sizeof random, 0) != sizeof random) {
      return end_soon(unknown(system_error(errno, "could not ask: cannot get random bytes")));
    }
    identifier_ = random.identifier;
    first_ = random.sequence;
    payload_.assign(random.payload.data(), random.payload.size());
    auto watch = place_.loop.watch(socket_->fd(), EPOLLIN, [this](std::uint32_t) { receive(); });
    if (!watch) return end_soon(unknown(watch.error()));
    watch_ = std::move(*watch);
    if (const int error = send(); error != 0) end_soon(finding_of(error, Moment::asking, "ping"));
  }

  [[nodiscard]] Finding at_deadline() const override { return found(Health::down, silence_); }

 private:
  static Finding no_socket(const PingSocket::Failure& failure) {
    if (!failure.permission) return finding_of(failure.error, Moment::asking, "ping");
    return unknown({ErrorKind::permission,
                    "could not ask: this system lets us send no ping; let our group by net.ipv4.ping_group_range "
                    "(sysctl), or give fo-probe the capability cap_net_raw (setcap)"});
  }

  /// Sends and plans the next one. @return an errno of ours, 0 if it went out or may still go out.
  int send() {
    const auto sequence = static_cast<std::uint16_t>(first_ + sent_++);
    again_ = place_.loop.after(pause, [this] { send_again(); });
    return socket_->send({identifier_, sequence, payload_});
  }

  void send_again() {
    // What the network said meanwhile is an answer; left pending it would look like an error of this send.
    if (const int error = take_socket_error(socket_->fd()); error != 0) return on_error(error, Moment::answered);
    if (const int error = send(); error != 0) on_error(error, Moment::asking);
  }

  void on_error(int error, Moment moment) { end(finding_of(error, moment, "ping")); }

  void receive() {
    std::array<char, most_bytes> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by recv
    for (int i = 0; i < packets_a_turn; ++i) {
      const auto size = recv(socket_->fd(), buffer.data(), buffer.size(), 0);
      if (size < 0) {
        if (errno != EAGAIN && errno != EINTR) on_error(errno, Moment::answered);
        return;
      }
      const auto reply = socket_->read_reply({buffer.data(), static_cast<std::size_t>(size)});
      if (!reply) continue;
      if (is_ours(*reply)) return end(found(Health::up, "echo reply"));
      silence_ = "no answer to our ping (an echo reply came that is not ours)";
    }
  }

  [[nodiscard]] bool is_ours(const PingMark& reply) const noexcept {
    const bool known = socket_->chooses_identifier() || reply.identifier == identifier_;
    return known && static_cast<std::uint16_t>(reply.sequence - first_) < sent_ && reply.payload == payload_;
  }

  void end_soon(Finding finding) {
    watch_.reset();
    again_ = place_.loop.soon([this, result = std::move(finding)] { end(result); });
  }

  /// The last thing done: whoever is called may destroy this.
  void end(Finding finding) {
    watch_.reset();
    again_.reset();
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(finding));
  }

  CheckPlace place_;
  CheckDone done_;
  std::unique_ptr<PingSocket> socket_;
  Loop::Watch watch_;  // after the socket, so that it goes first
  Loop::Timer again_;
  std::uint16_t identifier_ = 0;
  std::uint16_t first_ = 0;
  std::uint16_t sent_ = 0;
  std::string payload_;
  std::string silence_ = "no answer to ping";
};

}  // namespace

Pending start_icmp(const CheckPlace& place, const Target&, const Address& address, Deadline, CheckDone done) {
  auto check = std::make_unique<IcmpCheck>(place, std::move(done));
  check->start(address);
  return check;
}

}  // namespace failover
