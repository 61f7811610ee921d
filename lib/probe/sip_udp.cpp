#include "probe/sip_udp.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/socket.hpp"
#include "probe/blame.hpp"
#include "probe/prober.hpp"
#include "probe/sip_message.hpp"
#include "probe/sip_transaction.hpp"

namespace failover {

namespace {

// RFC 3261 table 4.
constexpr Duration t1 = std::chrono::milliseconds(500);
constexpr Duration t2 = std::chrono::seconds(4);
// Datagrams read before the loop turns on: a peer that floods us must not starve the other checks.
constexpr int datagrams_a_turn = 16;

class SipUdpCheck final : public RunningCheck {
 public:
  SipUdpCheck(const CheckPlace& place, CheckDone done) : loop_(place.loop), done_(std::move(done)) {}

  void start(const CheckPlace& place, const Target& target, const Address& address) {
    auto fd = connect_socket(address, SOCK_DGRAM, place.source);
    if (!fd) return end_soon(finding_of(fd.error(), Moment::asking, "SIP over UDP"));
    fd_ = std::move(*fd);
    const auto local = Address::of_socket(fd_.get());
    if (!local) return end_soon(finding_of(errno, Moment::asking, "SIP over UDP"));
    auto transaction = SipTransaction::begin(target, *local);
    if (!transaction) return end_soon(unknown(transaction.error()));
    transaction_ = std::move(*transaction);
    auto watch = loop_.watch(fd_.get(), EPOLLIN, [this](std::uint32_t) { receive(); });
    if (!watch) return end_soon(unknown(watch.error()));
    watch_ = std::move(*watch);
    if (const int error = send_request(); error != 0) {
      return end_soon(finding_of(error, Moment::asking, "sending OPTIONS"));
    }
  }

  [[nodiscard]] Finding at_deadline() const override {
    return found(Health::down, transaction_ ? transaction_->silence() : "not asked");
  }
  [[nodiscard]] bool spoken_to() const override { return transaction_ && transaction_->proceeding(); }

 private:
  static Finding unknown(const Error& error) { return {std::unexpected(error), error.message, Grade::ok, false}; }

  /// Sends and plans the next retransmission. @return an errno of ours, 0 if it went out or may still go out.
  int send_request() {
    if (!transaction_) return 0;
    const auto& request = transaction_->request();
    const auto sent = ::send(fd_.get(), request.data(), request.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return errno;
    again_ = loop_.after(interval_, [this] { send_again(); });
    interval_ = std::min(interval_ * 2, t2);
    return 0;
  }

  void send_again() {
    // An ICMP message that came meanwhile is the peer's answer; left pending it would look like an error of this send.
    if (const int error = take_socket_error(fd_.get()); error != 0) return on_error(error, Moment::answered);
    if (const int error = send_request(); error != 0) on_error(error, Moment::asking);
  }

  void on_error(int error, Moment moment) { end(finding_of(error, moment, "SIP over UDP")); }

  void receive() {
    const auto buffer = std::make_unique_for_overwrite<char[]>(SipLimits::message);
    for (int i = 0; i < datagrams_a_turn; ++i) {
      const auto size = recv(fd_.get(), buffer.get(), SipLimits::message, 0);
      if (size < 0) {
        if (errno != EAGAIN && errno != EINTR) on_error(errno, Moment::answered);
        return;
      }
      if (judge({buffer.get(), static_cast<std::size_t>(size)})) return;
    }
  }

  /// @return whether the check is over, and this perhaps destroyed.
  bool judge(std::string_view datagram) {
    if (!transaction_) return false;
    auto finding = transaction_->judge(datagram);
    // RFC 3261 section 17.1.2.2: after a provisional answer retransmit every T2.
    if (transaction_->proceeding()) interval_ = t2;
    if (!finding) return false;
    end(std::move(*finding));
    return true;
  }

  void end_soon(Finding finding) {
    watch_.reset();
    again_ = loop_.soon([this, result = std::move(finding)] { end(result); });
  }

  /// The last thing done: whoever is called may destroy this.
  void end(Finding finding) {
    watch_.reset();
    again_.reset();
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(finding));
  }

  Loop& loop_;
  CheckDone done_;
  Fd fd_;
  Loop::Watch watch_;
  Loop::Timer again_;
  std::optional<SipTransaction> transaction_;  // there is one as soon as the check runs
  Duration interval_ = t1;
};

}  // namespace

Pending start_sip_udp(const CheckPlace& place, const Target& target, const Address& address, Deadline, CheckDone done) {
  auto check = std::make_unique<SipUdpCheck>(place, std::move(done));
  check->start(place, target, address);
  return check;
}

}  // namespace failover
