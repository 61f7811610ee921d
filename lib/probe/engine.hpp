#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "net/curl.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"
#include "probe/check.hpp"
#include "probe/kept_connections.hpp"
#include "probe/prober.hpp"

namespace failover {

/// Runs checks, many at a time but no more than a bounded number, in one loop. Neither copied nor moved.
class Engine {
 public:
  static constexpr std::size_t max_in_flight = 128;

  /// An error of kind usage when an option makes no sense.
  static Result<std::unique_ptr<Engine>> create(const ProbeOptions& options);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine() = default;

  /// Checks `target` when its turn comes; `done` is called once, from the loop.
  void check(const Target& target, Check::Done done);
  /// From now on checks leave their connections there, which outlives the engine's work but not the engine.
  void keep_connections(KeptConnections& kept) noexcept { kept_ = &kept; }
  [[nodiscard]] Loop& loop() noexcept { return *loop_; }
  [[nodiscard]] bool idle() const noexcept { return running_.empty() && waiting_.empty(); }

 private:
  struct Order {
    Target target;
    Check::Done done;
  };
  Engine(ProbeOptions options, std::optional<Address> source, std::unique_ptr<Loop> loop,
         std::unique_ptr<Resolver> resolver);
  void start_next();
  void end(std::uint64_t id, Observation observation, const Check::Done& done);

  ProbeOptions options_;
  std::optional<Address> source_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<Resolver> resolver_;
  Curl curl_;
  KeptConnections* kept_ = nullptr;
  std::deque<Order> waiting_;
  std::uint64_t next_id_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Check>> running_;
  // Checks that are over but may still be on the call stack.
  std::vector<std::unique_ptr<Check>> over_;
  Loop::Timer clean_;
};

}  // namespace failover
