#pragma once

#include <stop_token>
#include <utility>

#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// A descriptor that becomes readable when a stop is requested: what a poll(2) waits for beside its own.
class StopWake {
 public:
  static Result<StopWake> make();
  /// Wakes while the returned callback lives; this must outlive it.
  [[nodiscard]] auto on(const std::stop_token& stop) const { return std::stop_callback(stop, Write{wake_.get()}); }
  [[nodiscard]] int fd() const noexcept { return wake_.get(); }

 private:
  struct Write {
    int fd;
    void operator()() const noexcept;
  };
  explicit StopWake(Fd wake) noexcept : wake_(std::move(wake)) {}
  Fd wake_;
};

}  // namespace failover
