#include "dns/authority_verifier.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "dns/name_servers.hpp"
#include "net/address.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"
#include "support/catch.hpp"

using failover::DnsMessage;
using failover::DnsName;
using failover::NameServer;
namespace dns_class = failover::dns_class;
namespace dns_type = failover::dns_type;

namespace {

const DnsName zone = *DnsName::from_text("pbx.example");
const DnsName service = *DnsName::from_text("sip.pbx.example");
const failover::ServiceNames names{service, *DnsName::from_text("_failover.sip.pbx.example"), true, false};

/// An authoritative server over TCP with one address for the service and an NS set; it counts connections. It takes
/// `per_connection` questions on one and closes.
class Server {
 public:
  explicit Server(std::vector<std::string> name_servers, int per_connection = 100)
      : name_servers_(std::move(name_servers)),
        per_connection_(per_connection),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) == 0);
    REQUIRE(::listen(listener_.get(), 16) == 0);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }

  [[nodiscard]] failover::Address address() const { return *failover::Address::of_socket(listener_.get()); }
  std::atomic<int> connections = 0;

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd ready{listener_.get(), POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      const failover::Fd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      ++connections;
      for (int i = 0; i < per_connection_ && answer_one(peer.get()); ++i) {
      }
    }
  }

  bool answer_one(int fd) const {
    std::array<unsigned char, 2> size{};
    if (::recv(fd, size.data(), size.size(), MSG_WAITALL) != 2) return false;
    std::string wire(static_cast<std::size_t>(size[0]) << 8U | size[1], '\0');
    if (::recv(fd, wire.data(), wire.size(), MSG_WAITALL) != static_cast<ssize_t>(wire.size())) return false;
    const auto request = failover::parse_dns_message(wire);
    if (!request) return false;
    const auto answer = *failover::build_dns_message(answer_to(*request));
    std::string framed;
    failover::append_u16(framed, static_cast<std::uint16_t>(answer.size()));
    framed += answer;
    return ::send(fd, framed.data(), framed.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(framed.size());
  }

  [[nodiscard]] DnsMessage answer_to(DnsMessage message) const {
    message.response = true;
    message.authoritative = true;
    if (message.questions.front().type == dns_type::a) {
      message.answers.push_back(*failover::address_record(service, "192.0.2.2", 60));
    }
    if (message.questions.front().type == dns_type::ns) {
      for (const auto& name : name_servers_) {
        message.answers.push_back({zone, dns_type::ns, dns_class::in, 60, DnsName::from_text(name)->wire()});
      }
    }
    return message;
  }

  std::vector<std::string> name_servers_;
  int per_connection_;
  failover::Fd listener_;
  std::jthread thread_;
};

failover::ServiceRecord wanted() {
  return {{"192.0.2.2"}, std::chrono::seconds(60), std::nullopt};
}

failover::Context soon() {
  failover::Context context;
  context.deadline = failover::Deadline::after(std::chrono::seconds(5));
  return context;
}

}  // namespace

TEST_CASE("a list of servers that was found before is noticed to be old, at no round trip of its own") {
  const Server server({"ns1.example", "ns2.example"});
  int found = 0;
  const auto find = [&](const failover::Context&) -> failover::Result<std::vector<NameServer>> {
    std::vector<NameServer> list{{"ns1.example", std::vector{server.address()}, {}}};
    if (++found > 1) list.push_back({"ns2.example", std::vector{server.address()}, {}});
    return list;
  };
  const auto verifier = failover::make_authority_verifier("zone", names, find, zone);
  REQUIRE(verifier->find(soon()));
  CHECK(found == 1);
  REQUIRE(verifier->wait_until(wanted(), soon()));
  CHECK(found == 2);
}

TEST_CASE("a list that is still right is asked once, on connections that were begun, one for each question") {
  Server server({"ns1.example"});
  int found = 0;
  const auto find = [&](const failover::Context&) -> failover::Result<std::vector<NameServer>> {
    ++found;
    return std::vector<NameServer>{{"ns1.example", std::vector{server.address()}, {}}};
  };
  const auto verifier = failover::make_authority_verifier("zone", names, find, zone);
  REQUIRE(verifier->find(soon()));
  verifier->warm_up(soon());
  REQUIRE(verifier->wait_until(wanted(), soon()));
  CHECK(found == 1);
  CHECK(server.connections == 3);
}

TEST_CASE("a server that answers one question and closes is asked the rest on further connections") {
  Server server({"ns1.example"}, 1);
  const auto find = [&](const failover::Context&) -> failover::Result<std::vector<NameServer>> {
    return std::vector<NameServer>{{"ns1.example", std::vector{server.address()}, {}}};
  };
  const auto verifier = failover::make_authority_verifier("zone", names, find, zone);
  const auto answers = verifier->ask_all(soon());
  REQUIRE(answers);
  REQUIRE(answers->front().record);
  CHECK(answers->front().record->addresses == std::vector<std::string>{"192.0.2.2"});
  CHECK(server.connections >= 2);
}
