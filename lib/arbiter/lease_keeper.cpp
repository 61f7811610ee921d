#include "arbiter/lease_keeper.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/boot_clock.hpp"
#include "net/etcd_client.hpp"
#include "net/etcd_message.hpp"

namespace failover {

Result<std::unique_ptr<LeaseKeeper>> LeaseKeeper::start(std::unique_ptr<EtcdClient> client,
                                                        std::chrono::seconds lifetime, const Context& context) {
  const auto asked = BootClock::now();
  auto lease = FO_TRY(while_doing("asking the arbiter for a lease", client->grant(lifetime, context)));
  return std::unique_ptr<LeaseKeeper>(new LeaseKeeper(std::move(client), std::move(lease), asked));
}

LeaseKeeper::LeaseKeeper(std::unique_ptr<EtcdClient> client, EtcdLease lease, BootClock::time_point asked)
    : client_(std::move(client)),
      id_(std::move(lease.id)),
      lifetime_(lease.lifetime),
      ends_((asked + lease.lifetime).time_since_epoch().count()),
      thread_([this](const std::stop_token& stop) { keep(stop); }) {}

bool LeaseKeeper::alive() const noexcept {
  return BootClock::now().time_since_epoch().count() < ends_.load();
}

void LeaseKeeper::keep(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  // A third: one refill may be lost and the next still comes in time.
  const auto interval = Duration(lifetime_) / 3;
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, interval, [] { return false; });
    if (!stop.stop_requested()) refill(stop);
  }
}

void LeaseKeeper::refill(const std::stop_token& stop) {
  // Once lost it stays lost: another may have claimed since, and be gone again.
  if (!alive()) ends_ = 0;
  if (ends_ == 0) return;
  const auto asked = BootClock::now();
  const auto life = client_->keep_alive(id_, Context{Deadline::after(Duration(lifetime_) / 3), stop, nullptr});
  if (!life) return;
  ends_ = *life ? (asked + (*life)->remaining).time_since_epoch().count() : 0;
}

}  // namespace failover
