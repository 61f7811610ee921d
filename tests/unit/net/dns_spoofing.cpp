// Somebody who sees no packet of ours can only guess: the random ID of 16 bits and the port of a fresh socket.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <failover/context.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"
#include "support/catch.hpp"

using failover::Address;
using failover::DnsMessage;
using failover::DnsQuestion;

namespace {

const failover::DnsName name = *failover::DnsName::from_text("sip.pbx.example");
const DnsQuestion question{name, failover::dns_type::a, failover::dns_class::in};

/// A UDP server whose answers a test makes.
class Server {
 public:
  Server() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) == 0);
    const timeval limit{0, 100'000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  [[nodiscard]] Address address() const { return *Address::of_socket(socket_.get()); }

  /// The next request and who sent it; false after a while without one.
  bool receive(DnsMessage& request, sockaddr_in& from) const {
    std::array<char, 512> buffer{};
    socklen_t size = sizeof from;
    const auto count =
        ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (count < 0) return false;
    const auto parsed = failover::parse_dns_message({buffer.data(), static_cast<std::size_t>(count)});
    if (parsed) request = *parsed;
    return parsed.has_value();
  }

  void send(std::string_view wire, const sockaddr_in& to) const {
    ::sendto(socket_.get(), wire.data(), wire.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }

 private:
  failover::Fd socket_;
};

std::string answer_to(const DnsMessage& request, const std::string& address) {
  auto answer = request;
  answer.response = true;
  answer.authoritative = true;
  answer.answers = {*failover::address_record(name, address, 60)};
  return *failover::build_dns_message(answer);
}

void set_id(std::string& wire, unsigned id) {
  wire[0] = static_cast<char>(id >> 8U);
  wire[1] = static_cast<char>(id);
}

double chi_squared(const std::vector<unsigned>& bins, double expected) {
  double sum = 0;
  for (const auto count : bins) sum += std::pow(count - expected, 2) / expected;
  return sum;
}

/// What a question to it comes to; empty: no answer was taken.
std::string address_told_by(const Server& server) {
  failover::Context context;
  context.deadline = failover::Deadline::after(std::chrono::seconds(7));
  const auto answer = failover::ask_udp(server.address(), question, context);
  return answer ? *failover::address_text(answer->answers.front()) : std::string();
}

}  // namespace

TEST_CASE("of 65,535 answers with every wrong ID none is taken, and the right one behind them is") {
  const Server server;
  std::atomic<bool> done = false;
  std::atomic<unsigned> sent = 0;
  std::jthread liar([&] {
    DnsMessage request;
    sockaddr_in asker{};
    while (!done) {
      if (!server.receive(request, asker)) continue;
      // On a busy machine older questions were given up long ago.
      while (server.receive(request, asker)) {
      }
      auto lie = answer_to(request, "192.0.2.66");
      for (unsigned id = 0; id < 65536 && !done; ++id) {
        if (id == request.id) continue;
        set_id(lie, id);
        server.send(lie, asker);
        ++sent;
        // The socket's buffer must not drop what the test is about.
        if (id % 64 == 0) std::this_thread::yield();
      }
      // Again and again: the first one may find the buffer full.
      for (int i = 0; i < 1000 && !done; ++i) {
        server.send(answer_to(request, "192.0.2.1"), asker);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    }
  });
  auto address = address_told_by(server);
  // Too slow a machine for so many packets within a question's time is no lie believed: it is asked again.
  for (int again = 0; again < 10 && address.empty(); ++again) address = address_told_by(server);
  done = true;
  CHECK(address == "192.0.2.1");
  CHECK(sent >= 65535);
}

TEST_CASE("another question's answer with the right ID is not taken") {
  const Server server;
  std::atomic<bool> done = false;
  std::jthread liar([&] {
    DnsMessage request;
    sockaddr_in asker{};
    while (!done) {
      if (!server.receive(request, asker)) continue;
      auto other = request;
      other.questions.front().name = *failover::DnsName::from_text("other.example");
      server.send(answer_to(other, "192.0.2.66"), asker);
      other = request;
      other.questions.front().type = failover::dns_type::aaaa;
      server.send(answer_to(other, "192.0.2.66"), asker);
      server.send(*failover::build_dns_message(request), asker);
      server.send(answer_to(request, "192.0.2.1"), asker);
    }
  });
  const auto address = address_told_by(server);
  done = true;
  CHECK(address == "192.0.2.1");
}

TEST_CASE("IDs and ports of 10,000 queries cannot be guessed") {
  constexpr unsigned queries = 10000;
  const Server server;
  std::vector<std::pair<std::uint16_t, std::uint16_t>> seen;  // ID, port
  std::atomic<bool> done = false;
  std::jthread honest([&] {
    DnsMessage request;
    sockaddr_in asker{};
    while (!done) {
      if (!server.receive(request, asker)) continue;
      seen.emplace_back(request.id, ntohs(asker.sin_port));
      server.send(answer_to(request, "192.0.2.1"), asker);
    }
  });
  for (unsigned i = 0; i < queries; ++i) REQUIRE(failover::ask_udp(server.address(), question, {}));
  done = true;
  honest.join();
  REQUIRE(seen.size() >= queries);
  std::vector<unsigned> high(256);
  std::vector<unsigned> low(256);
  std::set<std::uint16_t> ids;
  std::set<std::uint16_t> ports;
  unsigned near = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto [id, port] = seen[i];
    ++high[id >> 8U];
    ++low[id & 0xFFU];
    ids.insert(id);
    ports.insert(port);
    if (i > 0 && std::abs(int{port} - int{seen[i - 1].second}) <= 8) ++near;
  }
  const double expected = static_cast<double>(seen.size()) / 256;
  // 255 degrees of freedom: 255 on average, and outside of these bounds once in a million runs.
  CHECK(chi_squared(high, expected) < 380);
  CHECK(chi_squared(low, expected) < 380);
  CHECK(chi_squared(high, expected) > 150);
  // Of 65,536 IDs a fair draw of 10,000 hits 9,275 different ones, give or take 25.
  CHECK(ids.size() > 9100);
  // Linux gives out of some 28,000 ports: 8,400 different ones, hardly ever neighbours.
  CHECK(ports.size() > 5000);
  CHECK(near < queries / 50);
}
