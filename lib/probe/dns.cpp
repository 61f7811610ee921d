#include "probe/dns.hpp"

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

#include <sys/epoll.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_query.hpp"
#include "net/dns_type_text.hpp"
#include "net/loop.hpp"
#include "net/socket.hpp"
#include "probe/blame.hpp"
#include "probe/dns_answer.hpp"
#include "probe/dns_tcp.hpp"
#include "probe/prober.hpp"

namespace failover {

namespace {

// When the next try begins after the one before. Earlier ones are still listened for: a slow server is not a dead one.
constexpr std::array<Duration, 2> pauses{std::chrono::seconds(1), std::chrono::seconds(2)};
// Datagrams read before the loop turns on: a peer that floods us must not starve the other checks.
constexpr int datagrams_a_turn = 16;

Finding unknown(const Error& error) {
  return {std::unexpected(error), error.message, Grade::ok, false};
}

Result<DnsQuestion> question_of(const Target& target) {
  const auto* const type = target.parameter("type");
  return DnsQuestion{.name = FO_TRY(DnsName::from_text(target.path)),
                     // parse_target has read it before.
                     .type = type != nullptr ? dns_type_of(*type).value_or(dns_type::a) : dns_type::a};
}

class DnsCheck final : public RunningCheck {
 public:
  DnsCheck(const CheckPlace& place, const Address& address, CheckDone done)
      : place_(place), address_(address), done_(std::move(done)) {}

  void start(const Target& target) {
    auto question = question_of(target);
    if (!question) return end_soon(unknown(question.error()));
    question_ = std::move(*question);
    if (auto failed = ask(); !failed.detail.empty()) end_soon(std::move(failed));
  }

  [[nodiscard]] Finding at_deadline() const override { return found(Health::down, silence_); }

 private:
  /// One question: an ID, a socket and so a port of its own (RFC 5452). The connected socket takes nothing from other
  /// addresses.
  struct Try {
    DnsMessage query;
    Fd fd;
    Loop::Watch watch;  // after the descriptor, so that it goes first
  };

  Result<DnsMessage> make_query() const {
    auto query = FO_TRY(make_dns_query(question_));
    query.recursion_desired = true;
    return query;
  }

  /// @return what ends the check at once; no detail = it was asked.
  Finding ask() {
    auto& one = tries_.at(tried_);
    auto query = make_query();
    if (!query) return unknown(query.error());
    one.query = std::move(*query);
    const auto wire = build_dns_message(one.query);
    if (!wire) return unknown(wire.error());
    auto fd = connect_socket(address_, SOCK_DGRAM, place_.source);
    if (!fd) return finding_of(fd.error(), Moment::asking, "DNS over UDP");
    one.fd = std::move(*fd);
    auto watch = place_.loop.watch(one.fd.get(), EPOLLIN, [this, &one](std::uint32_t) { receive(one); });
    if (!watch) return unknown(watch.error());
    one.watch = std::move(*watch);
    const auto sent = ::send(one.fd.get(), wire->data(), wire->size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return finding_of(errno, Moment::asking, "DNS over UDP");
    if (tried_ < pauses.size()) again_ = place_.loop.after(pauses.at(tried_), [this] { ask_again(); });
    ++tried_;
    return {};
  }

  void ask_again() {
    if (auto failed = ask(); !failed.detail.empty()) end(std::move(failed));
  }

  void receive(const Try& one) {
    const auto buffer = std::make_unique_for_overwrite<char[]>(most_bytes);
    for (int i = 0; i < datagrams_a_turn; ++i) {
      const auto size = recv(one.fd.get(), buffer.get(), most_bytes, 0);
      if (size < 0) {
        if (errno != EAGAIN && errno != EINTR) end(finding_of(errno, Moment::answered, "DNS over UDP"));
        return;
      }
      if (judge({buffer.get(), static_cast<std::size_t>(size)}, one.query)) return;
    }
  }

  /// @return whether this was the answer, and UDP is over, and this perhaps destroyed.
  bool judge(std::string_view datagram, const DnsMessage& query) {
    const auto answer = parse_dns_message(datagram);
    // Whoever can send to our port cannot end the check by it: what is not the answer is dropped.
    if (!answer || !is_dns_answer(*answer, query, false)) {
      silence_ = answer ? "no answer to our question (something else came that is not ours)"
                        : "no valid answer (" + answer.error().message + ")";
      return false;
    }
    if (answer->truncated) {
      ask_over_tcp();
    } else {
      end(judge_dns_answer(*answer, question_));
    }
    return true;
  }

  void ask_over_tcp() {
    stop_udp();
    silence_ = "no answer over TCP, after a truncated one over UDP";
    auto query = make_query();
    const auto wire = query ? build_dns_message(*query) : std::unexpected(query.error());
    if (!wire) return end(unknown(wire.error()));
    tcp_ = std::make_unique<DnsTcp>(place_.loop);
    tcp_->start(
        address_, place_.source, *wire,
        [this, asked = std::move(*query)](std::string_view bytes) { return judge_stream(bytes, asked); },
        [this](Finding finding) { end(std::move(finding)); });
  }

  bool judge_stream(std::string_view bytes, const DnsMessage& query) {
    const auto answer = parse_dns_message(bytes);
    if (!answer) {
      end(found(Health::down, answer.error().message));
      return true;
    }
    if (!is_dns_answer(*answer, query, answer->rcode != dns_rcode::noerror)) return false;
    end(judge_dns_answer(*answer, question_));
    return true;
  }

  void stop_udp() {
    again_.reset();
    for (auto& one : tries_) one.watch.reset();
  }

  void end_soon(Finding finding) {
    stop_udp();
    again_ = place_.loop.soon([this, result = std::move(finding)] { end(result); });
  }

  /// The last thing done: whoever is called may destroy this.
  void end(Finding finding) {
    stop_udp();
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(finding));
  }

  static constexpr std::size_t most_bytes = 65535;

  CheckPlace place_;
  Address address_;
  CheckDone done_;
  DnsQuestion question_;
  std::array<Try, pauses.size() + 1> tries_;
  std::size_t tried_ = 0;
  Loop::Timer again_;
  std::unique_ptr<DnsTcp> tcp_;
  std::string silence_ = "no answer";
};

}  // namespace

Pending start_dns(const CheckPlace& place, const Target& target, const Address& address, Deadline, CheckDone done) {
  auto check = std::make_unique<DnsCheck>(place, address, std::move(done));
  check->start(target);
  return check;
}

}  // namespace failover
