#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// Our event loop: descriptors by epoll, timers, and an eventfd by which a stop request from another thread wakes it.
/// Everything but the stop happens on the thread that calls run(). It outlives the watches and timers made of it.
/// Of one pass, descriptors come before timers: what had arrived before a deadline is seen before the deadline is.
class Loop {
 public:
  using Clock = Deadline::Clock;
  using ReadyCall = std::function<void(std::uint32_t events)>;  ///< given EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP
  using TimerCall = std::function<void()>;

  /// Watches a descriptor, which it does not own, until destroyed. Destroy it before closing the descriptor.
  class Watch {
   public:
    Watch() noexcept = default;
    Watch(Watch&& other) noexcept;
    Watch& operator=(Watch&& other) noexcept;
    ~Watch() { reset(); }
    void reset() noexcept;
    /// Waits for other events from now on (EPOLLIN, EPOLLOUT).
    Result<void> change(std::uint32_t events);

   private:
    friend class Loop;
    Watch(Loop* loop, std::uint64_t id, int fd) noexcept : loop_(loop), id_(id), fd_(fd) {}
    Loop* loop_ = nullptr;
    std::uint64_t id_ = 0;
    int fd_ = -1;
  };

  /// Calls once, unless destroyed before.
  class Timer {
   public:
    Timer() noexcept = default;
    Timer(Timer&& other) noexcept;
    Timer& operator=(Timer&& other) noexcept;
    ~Timer() { reset(); }
    void reset() noexcept;

   private:
    friend class Loop;
    Timer(Loop* loop, Clock::time_point when, std::uint64_t id) noexcept : loop_(loop), key_(when, id) {}
    Loop* loop_ = nullptr;
    std::pair<Clock::time_point, std::uint64_t> key_;
  };

  static Result<std::unique_ptr<Loop>> create();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() = default;

  [[nodiscard]] Result<Watch> watch(int fd, std::uint32_t events, ReadyCall call);
  [[nodiscard]] Timer at(Clock::time_point when, TimerCall call);
  [[nodiscard]] Timer after(Duration duration, TimerCall call) {
    return at(Deadline::after(duration).time(), std::move(call));
  }
  /// In the next pass: how a result known at once is delivered, so that nobody is called back while still starting.
  [[nodiscard]] Timer soon(TimerCall call) { return at(Clock::time_point::min(), std::move(call)); }

  /// Works until `finished` says so; it is asked after every pass.
  /// @return an error of kind timeout or cancelled when the context ends first.
  Result<void> run(const std::function<bool()>& finished, const Context& context);

 private:
  Loop(Fd epoll, Fd wake) noexcept : epoll_(std::move(epoll)), wake_(std::move(wake)) {}
  [[nodiscard]] int wait_ms(Deadline deadline) const noexcept;
  Result<void> one_pass(Deadline deadline);
  void fire_timers();

  Fd epoll_;
  Fd wake_;
  std::uint64_t next_id_ = 1;
  // Shared, so that a callback may destroy its own watch while it runs.
  std::unordered_map<std::uint64_t, std::shared_ptr<ReadyCall>> watches_;
  std::map<std::pair<Clock::time_point, std::uint64_t>, TimerCall> timers_;
};

}  // namespace failover
