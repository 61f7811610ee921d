#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace failover::cli {

/// INT, TERM and HUP (unless somebody wants to hear of it) ask the run to stop at a safe point; a second one ends the
/// process at once (the journals cover that). Made first thing in main, before any other thread, so that only its own
/// thread ever sees the signals.
class Signals {
 public:
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  /// From now on HUP calls this, on the signals' own thread, and asks nobody to stop; with an empty function it does
  /// again. When it returns, the function before is not running any more.
  void on_hangup(std::function<void()> call);

  [[nodiscard]] std::stop_token token() const noexcept { return source_.get_token(); }
  /// The signal that asked us to stop, 0 = none.
  [[nodiscard]] int received() const noexcept { return received_.load(); }

 private:
  void wait() noexcept;
  bool hang_up();
  std::stop_source source_;
  std::atomic<int> received_{0};
  std::atomic<bool> closing_{false};
  std::mutex mutex_;
  std::function<void()> on_hangup_;
  std::jthread thread_;
};

}  // namespace failover::cli
