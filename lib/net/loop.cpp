#include "net/loop.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

constexpr std::uint64_t wake_id = 0;

/// Dispatch is by number and not by pointer: an event that was fetched before its watch went away finds nothing.
epoll_event make_event(std::uint32_t events, std::uint64_t id) noexcept {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  return event;
}

}  // namespace

Loop::Watch::Watch(Watch&& other) noexcept
    : loop_(std::exchange(other.loop_, nullptr)), id_(other.id_), fd_(other.fd_) {}

Loop::Watch& Loop::Watch::operator=(Watch&& other) noexcept {
  if (this != &other) {
    reset();
    loop_ = std::exchange(other.loop_, nullptr);
    id_ = other.id_;
    fd_ = other.fd_;
  }
  return *this;
}

void Loop::Watch::reset() noexcept {
  if (loop_ == nullptr) return;
  epoll_ctl(loop_->epoll_.get(), EPOLL_CTL_DEL, fd_, nullptr);
  loop_->watches_.erase(id_);
  loop_ = nullptr;
}

Result<void> Loop::Watch::change(std::uint32_t events) {
  if (loop_ == nullptr) return fail(ErrorKind::internal, "a watch was changed that watches nothing");
  auto event = make_event(events, id_);
  if (epoll_ctl(loop_->epoll_.get(), EPOLL_CTL_MOD, fd_, &event) != 0)
    return fail_errno("changing a watched descriptor");
  return {};
}

Loop::Timer::Timer(Timer&& other) noexcept : loop_(std::exchange(other.loop_, nullptr)), key_(std::move(other.key_)) {}

Loop::Timer& Loop::Timer::operator=(Timer&& other) noexcept {
  if (this != &other) {
    reset();
    loop_ = std::exchange(other.loop_, nullptr);
    key_ = other.key_;
  }
  return *this;
}

void Loop::Timer::reset() noexcept {
  if (loop_ == nullptr) return;
  loop_->timers_.erase(key_);
  loop_ = nullptr;
}

Result<std::unique_ptr<Loop>> Loop::create() {
  Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return fail_errno("making the event loop");
  Fd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return fail_errno("making the event loop");
  auto event = make_event(EPOLLIN, wake_id);
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &event) != 0) return fail_errno("making the event loop");
  return std::unique_ptr<Loop>(new Loop(std::move(epoll), std::move(wake)));
}

Result<Loop::Watch> Loop::watch(int fd, std::uint32_t events, ReadyCall call) {
  const auto id = next_id_++;
  auto event = make_event(events, id);
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return fail_errno("watching a descriptor");
  watches_.emplace(id, std::make_shared<ReadyCall>(std::move(call)));
  return Watch(this, id, fd);
}

Loop::Timer Loop::at(Clock::time_point when, TimerCall call) {
  const auto id = next_id_++;
  timers_.emplace(std::pair(when, id), std::move(call));
  return {this, when, id};
}

int Loop::wait_ms(Deadline deadline) const noexcept {
  if (timers_.empty()) return deadline.poll_timeout_ms();
  const auto first = timers_.begin()->first.first;
  const auto now = Clock::now();
  if (first <= now) return 0;
  return deadline.sooner(Deadline::after(first - now)).poll_timeout_ms();
}

void Loop::fire_timers() {
  const auto now = Clock::now();
  // What these timers start anew waits for the next pass, so that descriptors get their turn.
  const auto first_new = next_id_;
  auto next = timers_.begin();
  while (next != timers_.end() && next->first.first <= now) {
    if (next->first.second >= first_new) {
      ++next;
      continue;
    }
    const TimerCall call = std::move(next->second);
    timers_.erase(next);
    call();
    next = timers_.begin();
  }
}

Result<void> Loop::one_pass(Deadline deadline) {
  std::array<epoll_event, 256> events{};
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms(deadline));
  if (count < 0 && errno != EINTR) return fail_errno("waiting for events");
  for (std::size_t i = 0; i < static_cast<std::size_t>(count < 0 ? 0 : count); ++i) {
    const auto id = events.at(i).data.u64;
    if (id == wake_id) {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const auto drained = read(wake_.get(), &ignored, sizeof ignored);
      continue;
    }
    const auto found = watches_.find(id);
    if (found == watches_.end()) continue;
    const auto call = found->second;
    (*call)(events.at(i).events);
  }
  fire_timers();
  return {};
}

Result<void> Loop::run(const std::function<bool()>& finished, const Context& context) {
  const std::stop_callback on_stop(context.stop, [wake = wake_.get()]() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake, &one, sizeof one);
  });
  while (!finished()) {
    FO_TRY(context.check());
    FO_TRY(one_pass(context.deadline));
  }
  return {};
}

}  // namespace failover
