#include "net/byte_stream.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <failover/context.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/curl.hpp"
#include "net/loop.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using failover::Address;
using failover::ByteStream;
using failover::ConnectionFailure;
using failover::Context;
using failover::Curl;
using failover::Deadline;
using failover::Fd;
using failover::Loop;

namespace {

/// A listening socket on loopback.
struct Listener {
  Listener() : fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), address(*Address::parse("127.0.0.1", 0)) {
    REQUIRE(bind(fd.get(), address.data(), address.size()) == 0);
    REQUIRE(listen(fd.get(), 64) == 0);
    address = *Address::of_socket(fd.get());
  }
  Fd accept() const { return Fd(accept4(fd.get(), nullptr, nullptr, SOCK_CLOEXEC)); }
  Fd fd;
  Address address;
};

/// A stream and what it told.
struct Heard {
  ByteStream::Calls calls() {
    return {.connected = [this] { connected = true; },
            .received = [this](std::string_view bytes) { received += bytes; },
            .ended = [this](const ConnectionFailure& failure) { ends.push_back(failure); }};
  }
  bool connected = false;
  std::string received;
  std::vector<ConnectionFailure> ends;
};

struct Place {
  Place() : loop(*Loop::create()), curl(*loop) {}
  std::unique_ptr<ByteStream> open(const Address& address, Heard& heard) {
    auto stream =
        ByteStream::open(*loop, curl, {.address = address, .source = {}, .tls = false, .name = {}}, heard.calls());
    REQUIRE(stream);
    return std::move(*stream);
  }
  void until(const std::function<bool()>& condition) {
    REQUIRE(loop->run(condition, Context{Deadline::after(5s), {}, nullptr}));
  }
  void a_while() {
    bool over = false;
    const auto timer = loop->after(30ms, [&over] { over = true; });
    until([&over] { return over; });
  }
  std::unique_ptr<Loop> loop;
  Curl curl;
};

void reset_on_close(const Fd& fd) {
  const linger at_once{1, 0};
  REQUIRE(setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
}

}  // namespace

TEST_CASE("bytes go both ways, and the end comes after the last of them") {
  Place place;
  const Listener listener;
  Heard heard;
  const auto stream = place.open(listener.address, heard);
  CHECK_FALSE(heard.connected);
  place.until([&] { return heard.connected; });
  const auto peer = listener.accept();
  CHECK(stream->local_address()->same_host(listener.address));
  stream->send("ask");
  std::array<char, 16> buffer{};
  CHECK(recv(peer.get(), buffer.data(), buffer.size(), 0) == 3);
  REQUIRE(send(peer.get(), "answer", 6, 0) == 6);
  shutdown(peer.get(), SHUT_WR);
  place.until([&] { return !heard.ends.empty(); });
  CHECK(heard.received == "answer");
  CHECK(heard.ends.front().os_error == 0);
  CHECK_FALSE(heard.ends.front().ours);
  place.a_while();
  CHECK(heard.ends.size() == 1);
}

TEST_CASE("what a slow peer does not take is sent later, whole") {
  Place place;
  const Listener listener;
  Heard heard;
  const auto stream = place.open(listener.address, heard);
  place.until([&] { return heard.connected; });
  const auto peer = listener.accept();
  const std::string much(8'000'000, 'x');
  stream->send(much);
  std::size_t taken = 0;
  std::vector<char> buffer(1'000'000);
  while (taken < much.size()) {
    const auto count = recv(peer.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) taken += static_cast<std::size_t>(count);
    bool turned = false;
    const auto timer = place.loop->soon([&turned] { turned = true; });
    place.until([&turned] { return turned; });
  }
  CHECK(heard.ends.empty());
}

TEST_CASE("a refused connection is the peer's: its errno is kept") {
  Place place;
  Address address = *Address::parse("127.0.0.1", 1);
  {
    const Listener gone;
    address = gone.address;
  }
  Heard heard;
  const auto stream = place.open(address, heard);
  place.until([&] { return !heard.ends.empty(); });
  CHECK_FALSE(heard.connected);
  CHECK(heard.ends.front().os_error == ECONNREFUSED);
  CHECK_FALSE(heard.ends.front().ours);
}

TEST_CASE("a reset is told with its errno, after what was said before it") {
  Place place;
  const Listener listener;
  Heard heard;
  const auto stream = place.open(listener.address, heard);
  place.until([&] { return heard.connected; });
  {
    const auto peer = listener.accept();
    reset_on_close(peer);
  }
  place.until([&] { return !heard.ends.empty(); });
  CHECK(heard.ends.front().os_error == ECONNRESET);
}

TEST_CASE("unknown-is-not-down: no route, and a source address that is not ours, are our fault") {
  Place place;
  Heard heard;
  auto stream = ByteStream::open(
      *place.loop, place.curl,
      {.address = *Address::parse("127.0.0.1", 9), .source = Address::parse("192.0.2.1", 0), .tls = false, .name = {}},
      heard.calls());
  REQUIRE(stream);
  CHECK(heard.ends.empty());
  place.until([&] { return !heard.ends.empty(); });
  CHECK(heard.ends.front().ours);
  CHECK(heard.ends.front().os_error == EADDRNOTAVAIL);
}

TEST_CASE("a flood is handed over in bounded portions, and a stream may be destroyed while it tells") {
  Place place;
  const Listener listener;
  std::unique_ptr<ByteStream> stream;
  std::size_t largest = 0;
  ByteStream::Calls calls{.connected = {},
                          .received =
                              [&](std::string_view bytes) {
                                largest = bytes.size();
                                stream.reset();
                              },
                          .ended = [&](const ConnectionFailure&) { FAIL("told after its end"); }};
  stream = *ByteStream::open(*place.loop, place.curl,
                             {.address = listener.address, .source = {}, .tls = false, .name = {}}, std::move(calls));
  place.until([&] { return stream->is_connected(); });
  const auto peer = listener.accept();
  const std::string much(1'000'000, 'x');
  send(peer.get(), much.data(), much.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  place.until([&] { return largest != 0; });
  CHECK(largest <= 80UL * 1024);
  place.a_while();
}

TEST_CASE("idle streams keep what comes and how they end, whatever else begins, and leave no descriptor behind") {
  const int before = dup(0);
  close(before);
  {
    Place place;
    const Listener listener;
    constexpr std::size_t many = 40;
    std::vector<Heard> heard(many);
    std::vector<std::unique_ptr<ByteStream>> streams;
    std::vector<Fd> peers;
    for (auto& one : heard) {
      streams.push_back(place.open(listener.address, one));
      place.until([&] { return one.connected; });
      peers.push_back(listener.accept());
    }
    // libcurl looks for dead connections once a second, when a transfer begins, and would close them itself.
    bool over = false;
    const auto timer = place.loop->after(1100ms, [&over] { over = true; });
    place.until([&over] { return over; });
    Heard another;
    const auto next = place.open(listener.address, another);
    // In the pass in which the transfer begins, before it does.
    const auto speak = place.loop->soon([&peers] {
      for (std::size_t i = 0; i < many; ++i) {
        REQUIRE(send(peers[i].get(), "late", 4, 0) == 4);
        if (i % 2 == 0) continue;
        reset_on_close(peers[i]);
        peers[i] = Fd();
      }
    });
    place.until([&] { return another.connected; });
    place.a_while();
    for (std::size_t i = 0; i < many; ++i) {
      CHECK(heard[i].received == "late");
      REQUIRE(heard[i].ends.size() == i % 2);
      if (i % 2 != 0) CHECK(heard[i].ends.front().os_error == ECONNRESET);
    }
  }
  const int after = dup(0);
  close(after);
  CHECK(after == before);
}

TEST_CASE("another owner hears from the hand-over on") {
  Place place;
  const Listener listener;
  Heard first;
  Heard second;
  const auto stream = place.open(listener.address, first);
  place.until([&] { return first.connected; });
  stream->hand_over(second.calls());
  {
    const auto peer = listener.accept();
    REQUIRE(send(peer.get(), "x", 1, 0) == 1);
  }
  place.until([&] { return !second.ends.empty(); });
  CHECK(first.received.empty());
  CHECK(second.received == "x");
  CHECK(first.ends.empty());
}
