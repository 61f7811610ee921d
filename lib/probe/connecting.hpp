#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "net/loop.hpp"
#include "probe/prober.hpp"

namespace failover {

/// A TCP connection being made: the first half of the tcp and tunnel probers.
class Connecting {
 public:
  using Connected = std::function<void(Fd)>;
  using Failed = std::function<void(Finding)>;

  explicit Connecting(Loop& loop) noexcept : loop_(loop) {}
  /// Calls one of the two, once, from the loop.
  void start(const Address& peer, const std::optional<Address>& source, Connected connected, Failed failed);

 private:
  void on_ready();
  void fail_soon(Finding finding);

  Loop& loop_;
  Fd fd_;
  Loop::Watch watch_;  // after the descriptor, so that it goes first
  Loop::Timer failure_;
  Connected connected_;
  Failed failed_;
};

}  // namespace failover
