#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/boot_clock.hpp"
#include "net/etcd_client.hpp"

namespace failover {

/// Keeps a lease alive from a thread of its own until it is destroyed. How long it lasts is counted on this side, from
/// before each request was sent and over a suspend (BootClock): so this host holds its lease for lost no later than the
/// store does.
class LeaseKeeper {
 public:
  /// A lease of `lifetime`. @param client used by the keeper's thread alone from here on
  static Result<std::unique_ptr<LeaseKeeper>> start(std::unique_ptr<EtcdClient> client, std::chrono::seconds lifetime,
                                                    const Context& context);
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;
  ~LeaseKeeper() = default;

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] bool alive() const noexcept;

 private:
  LeaseKeeper(std::unique_ptr<EtcdClient> client, EtcdLease lease, BootClock::time_point asked);
  void keep(const std::stop_token& stop);
  void refill(const std::stop_token& stop);

  std::unique_ptr<EtcdClient> client_;
  std::string id_;
  std::chrono::seconds lifetime_;
  std::atomic<BootClock::rep> ends_;  ///< since the clock's epoch; 0 = lost
  std::jthread thread_;               ///< last: it uses all the others
};

}  // namespace failover
