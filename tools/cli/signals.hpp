#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

#include <failover/error.hpp>

namespace failover::cli {

/// INT, TERM and HUP ask the run to stop at a safe point; a second one ends the process at once (the journals cover
/// that). Made first thing in main, before any other thread, so that only its own thread ever sees the signals.
class Signals {
 public:
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  [[nodiscard]] std::stop_token token() const noexcept { return source_.get_token(); }
  /// The signal that asked us to stop, 0 = none.
  [[nodiscard]] int received() const noexcept { return received_.load(); }

 private:
  void wait() noexcept;
  std::stop_source source_;
  std::atomic<int> received_{0};
  std::atomic<bool> closing_{false};
  std::jthread thread_;
};

}  // namespace failover::cli
