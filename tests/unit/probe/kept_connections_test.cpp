#include "probe/kept_connections.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/observer.hpp>

#include "core/fd.hpp"
#include "net/loop.hpp"
#include "probe/open_connection.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using failover::Context;
using failover::Deadline;
using failover::Fd;
using failover::KeptConnections;
using failover::Loop;
using failover::open_connection;
using failover::parse_target;
using failover::Target;

namespace {

struct Place {
  Place() : loop(*Loop::create()), kept(*loop, targets, [this](std::size_t target) { ended.push_back(target); }) {}

  /// A check of the target found it up; what comes back is the peer's end.
  Fd up(const Target& target) {
    int pair[2] = {-1, -1};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
    kept.keep(target, open_connection(*loop, Fd(pair[0])));
    return Fd(pair[1]);
  }
  static bool is_open(const Fd& peer) { return send(peer.get(), "x", 1, MSG_NOSIGNAL) == 1; }
  void turn() {
    bool over = false;
    const auto timer = loop->after(5ms, [&over] { over = true; });
    REQUIRE(loop->run([&over] { return over; }, Context{Deadline::after(5s), {}, nullptr}));
  }

  std::unique_ptr<Loop> loop;
  std::vector<Target> targets{*parse_target("tcp://192.0.2.1:1"), *parse_target("tcp://192.0.2.1:2")};
  std::vector<std::size_t> ended;
  KeptConnections kept;
};

}  // namespace

TEST_CASE("the end of a kept connection is told once, with its target; what the peer says is not") {
  Place place;
  const auto first = place.up(place.targets[0]);
  auto second = place.up(place.targets[1]);
  CHECK(Place::is_open(first));
  CHECK(Place::is_open(second));
  place.turn();
  CHECK(place.ended.empty());
  second = Fd();
  place.turn();
  CHECK(place.ended == std::vector<std::size_t>{1});
  CHECK(Place::is_open(first));
}

TEST_CASE("a newer connection takes the place of the one before, quietly") {
  Place place;
  const auto before = place.up(place.targets[0]);
  const auto now = place.up(place.targets[0]);
  place.turn();
  CHECK_FALSE(Place::is_open(before));
  CHECK(Place::is_open(now));
  CHECK(place.ended.empty());
}

TEST_CASE("the connection of a target that is not watched, a reference, is closed") {
  Place place;
  CHECK_FALSE(Place::is_open(place.up(*parse_target("tcp://192.0.2.9:1"))));
}

TEST_CASE("a server that closes idle connections is found out") {
  Place place;
  for (std::size_t i = 0; i < KeptConnections::most_ends; ++i) {
    CHECK(Place::is_open(place.up(place.targets[0])));
    place.turn();
  }
  CHECK(place.ended.size() == KeptConnections::most_ends);
  CHECK_FALSE(Place::is_open(place.up(place.targets[0])));
  place.turn();
  CHECK(place.ended.size() == KeptConnections::most_ends);
}

TEST_CASE("a connection that lives until the next check shows that the server does not close idle ones") {
  Place place;
  for (std::size_t i = 0; i < 3 * KeptConnections::most_ends; ++i) {
    const auto lives = place.up(place.targets[0]);
    auto dies = place.up(place.targets[0]);
    CHECK(Place::is_open(dies));
    dies = Fd();
    place.turn();
  }
  CHECK(place.ended.size() == 3 * KeptConnections::most_ends);
}
