#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/watch.hpp>

#include "core/boot_clock.hpp"
#include "witness/change_note.hpp"

namespace failover {

namespace {

constexpr Duration one_attempt = std::chrono::seconds(5);
constexpr Duration before_next = std::chrono::seconds(1);

struct Waiting {
  NodeObservation observation;
  BootClock::time_point made;
};

}  // namespace

struct WitnessPublisher::Inside {
  Inside(std::unique_ptr<Witnesses> store, std::chrono::seconds the_lifetime, Events* the_events)
      : witnesses(std::move(store)),
        lifetime(the_lifetime),
        events(the_events),
        note(events, fmt::format("publishing to {}", witnesses->describe())) {}

  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    while (changed.wait(lock, stop, [this] { return waiting.has_value(); })) {
      auto one = std::exchange(waiting, std::nullopt).value_or(Waiting{});
      newer = false;
      busy = true;
      lock.unlock();
      auto outcome = attempt(one, stop);
      lock.lock();
      busy = false;
      last = outcome;
      if (stop.stop_requested()) return;
      note.tell(outcome);
      const bool still_new = BootClock::now() - one.made < lifetime;
      if (!outcome && !waiting && still_new) {
        waiting = std::move(one);
        idle.notify_all();
        // A newer one does not wait for its turn.
        changed.wait_for(lock, stop, before_next, [this] { return newer; });
      }
      idle.notify_all();
    }
  }

  Result<void> attempt(Waiting& one, const std::stop_token& stop) const {
    one.observation.age = BootClock::now() - one.made;
    const Context context{.deadline = Deadline::after(one_attempt), .stop = stop, .events = nullptr};
    return witnesses->publish(one.observation, lifetime, context);
  }

  std::unique_ptr<Witnesses> witnesses;
  std::chrono::seconds lifetime;
  Events* events;
  ChangeNote note;
  std::mutex mutex;
  std::condition_variable_any changed;
  std::condition_variable_any idle;
  std::optional<Waiting> waiting;
  bool newer = false;  // what waits was not tried yet
  bool busy = false;
  Result<void> last;
  std::jthread thread;  // last: it ends before what it uses
};

WitnessPublisher::WitnessPublisher(std::unique_ptr<Witnesses> witnesses, std::chrono::seconds lifetime, Events* events)
    : inside_(std::make_unique<Inside>(std::move(witnesses), lifetime, events)) {
  inside_->thread = std::jthread([inside = inside_.get()](const std::stop_token& stop) { inside->run(stop); });
}

WitnessPublisher::~WitnessPublisher() = default;

void WitnessPublisher::publish(NodeObservation observation) {
  const std::scoped_lock lock(inside_->mutex);
  inside_->waiting = Waiting{std::move(observation), BootClock::now()};
  inside_->newer = true;
  inside_->changed.notify_all();
}

Result<void> WitnessPublisher::flush(const Context& context) {
  std::unique_lock lock(inside_->mutex);
  const auto settled = [this] { return !inside_->busy && !inside_->newer; };
  // A deadline of "never" is too far for the wait's arithmetic.
  const auto until = std::min(context.deadline.time(), Deadline::after(std::chrono::hours(24)).time());
  if (!inside_->idle.wait_until(lock, context.stop, until, settled)) {
    lock.unlock();
    FO_TRY(context.check());
    return fail(ErrorKind::timeout, "publishing took too long");
  }
  return inside_->last;
}

}  // namespace failover
