#include "net/loop.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include <sys/epoll.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using failover::Context;
using failover::Deadline;
using failover::ErrorKind;
using failover::Fd;
using failover::Loop;

namespace {

std::unique_ptr<Loop> make_loop() {
  auto loop = Loop::create();
  REQUIRE(loop);
  return std::move(*loop);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    reader = Fd(ends[0]);
    writer = Fd(ends[1]);
  }
  void fill() const { REQUIRE(write(writer.get(), "x", 1) == 1); }
  Fd reader;
  Fd writer;
};

}  // namespace

TEST_CASE("timers fire in the order of their times, each once") {
  const auto loop = make_loop();
  std::vector<int> fired;
  const auto late = loop->after(20ms, [&] { fired.push_back(2); });
  const auto early = loop->after(5ms, [&] { fired.push_back(1); });
  const auto first = loop->soon([&] { fired.push_back(0); });
  REQUIRE(loop->run([&] { return fired.size() == 3; }, Context{Deadline::after(5s), {}, nullptr}));
  CHECK(fired == std::vector{0, 1, 2});
}

TEST_CASE("a destroyed timer does not fire") {
  const auto loop = make_loop();
  bool wrong = false;
  bool done = false;
  auto cancelled = loop->after(1ms, [&] { wrong = true; });
  const auto end = loop->after(10ms, [&] { done = true; });
  cancelled.reset();
  REQUIRE(loop->run([&] { return done; }, Context{Deadline::after(5s), {}, nullptr}));
  CHECK_FALSE(wrong);
}

TEST_CASE("a timer may destroy itself and start another; new ones wait for the next pass") {
  const auto loop = make_loop();
  int count = 0;
  const Pipe pipe;
  bool readable = false;
  auto watch = loop->watch(pipe.reader.get(), EPOLLIN, [&](std::uint32_t) { readable = true; });
  REQUIRE(watch);
  pipe.fill();
  Loop::Timer timer;
  // It restarts itself for ever; descriptors must get their turn all the same.
  const std::function<void()> again = [&] {
    ++count;
    timer = loop->soon(again);
  };
  timer = loop->soon(again);
  REQUIRE(loop->run([&] { return readable && count > 3; }, Context{Deadline::after(5s), {}, nullptr}));
}

TEST_CASE("a watch may destroy itself and its neighbour while both are ready") {
  const auto loop = make_loop();
  const Pipe a;
  const Pipe b;
  int calls = 0;
  Loop::Watch first;
  Loop::Watch second;
  const auto both_gone = [&](std::uint32_t) {
    ++calls;
    first.reset();
    second.reset();
  };
  first = std::move(*loop->watch(a.reader.get(), EPOLLIN, both_gone));
  second = std::move(*loop->watch(b.reader.get(), EPOLLIN, both_gone));
  a.fill();
  b.fill();
  bool done = false;
  const auto end = loop->after(10ms, [&] { done = true; });
  REQUIRE(loop->run([&] { return done; }, Context{Deadline::after(5s), {}, nullptr}));
  CHECK(calls == 1);
}

TEST_CASE("what arrived before a deadline is seen before the deadline is") {
  const auto loop = make_loop();
  const Pipe pipe;
  std::vector<std::string> order;
  const auto watch = loop->watch(pipe.reader.get(), EPOLLIN, [&](std::uint32_t) {
    if (order.empty()) order.emplace_back("answer");
  });
  REQUIRE(watch);
  const auto timer = loop->after(1ms, [&] { order.emplace_back("deadline"); });
  pipe.fill();
  std::this_thread::sleep_until(Deadline::Clock::now() + 5ms);  // this host stands still: both are due
  REQUIRE(loop->run([&] { return order.size() == 2; }, Context{Deadline::after(5s), {}, nullptr}));
  CHECK(order == std::vector<std::string>{"answer", "deadline"});
}

TEST_CASE("bounded: run ends by the deadline and by a stop from another thread") {
  const auto loop = make_loop();
  const auto began = Deadline::Clock::now();
  const auto late = loop->run([] { return false; }, Context{Deadline::after(30ms), {}, nullptr});
  REQUIRE_FALSE(late);
  CHECK(late.error().kind == ErrorKind::timeout);
  CHECK(Deadline::Clock::now() - began < 130ms);

  std::stop_source source;
  const std::jthread stopper([&source] { source.request_stop(); });
  const auto stopped = loop->run([] { return false; }, Context{Deadline::after(10s), source.get_token(), nullptr});
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().kind == ErrorKind::cancelled);
}
