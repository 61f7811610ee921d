#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

#include <failover/observer.hpp>

#include "net/loop.hpp"
#include "probe/open_connection.hpp"

namespace failover {

/// The connections that the checks of a watch leave open (--keep-open), one for each target. The end of one says that
/// something happened there, which only the next check can judge: it is never a failure itself. A server that closes
/// idle connections is found out: after a few ends in a row that came before the next check was due, the connections
/// of that target are not kept any more.
class KeptConnections {
 public:
  /// Ends in a row after which a target's connections are no longer kept.
  static constexpr std::size_t most_ends = 3;
  /// Called from the loop when the kept connection of a target has ended, with the target's place in the list.
  using Ended = std::function<void(std::size_t target)>;

  KeptConnections(Loop& loop, std::span<const Target> targets, Ended ended);
  KeptConnections(const KeptConnections&) = delete;
  KeptConnections& operator=(const KeptConnections&) = delete;
  ~KeptConnections() = default;

  /// Takes the connection of a check that found the target up; the one before it is closed, and so is one of a target
  /// that is not in the list.
  void keep(const Target& target, std::unique_ptr<OpenConnection> connection);

 private:
  struct Kept {
    std::size_t target = 0;
    std::unique_ptr<OpenConnection> connection;
    std::size_t ends = 0;  ///< in a row
    Loop::Timer telling;
  };
  void on_end(Kept& kept);

  Loop& loop_;
  Ended ended_;
  std::unordered_map<std::string, Kept> kept_;
};

}  // namespace failover
