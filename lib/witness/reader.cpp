#include <chrono>
#include <condition_variable>
#include <expected>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/watch.hpp>

#include "core/boot_clock.hpp"
#include "witness/change_note.hpp"

namespace failover {

namespace {

constexpr Duration one_read = std::chrono::seconds(5);

}  // namespace

struct WitnessReader::Inside {
  Inside(std::unique_ptr<Witnesses> store, Duration the_every, Events* events)
      : witnesses(std::move(store)),
        every(the_every),
        note(events, fmt::format("reading from {}", witnesses->describe())) {}

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      // Counted from before the read: an observation may be as old as that when it arrives.
      const auto began = BootClock::now();
      const Context context{.deadline = Deadline::after(one_read), .stop = stop, .events = nullptr};
      auto found = witnesses->read(context);
      if (stop.stop_requested()) return;
      note.tell(found ? Result<void>{} : Result<void>(std::unexpected(found.error())));
      std::unique_lock lock(mutex);
      last = std::move(found);
      read_at = began;
      const auto next = std::chrono::duration_cast<Duration>(every - (BootClock::now() - began));
      if (next > Duration::zero()) wake.wait_for(lock, stop, next, [] { return false; });
    }
  }

  std::unique_ptr<Witnesses> witnesses;
  Duration every;
  ChangeNote note;
  mutable std::mutex mutex;
  std::condition_variable_any wake;
  Result<std::vector<NodeObservation>> last = fail(ErrorKind::timeout, "nothing was read yet");
  BootClock::time_point read_at;
  std::jthread thread;  // last: it ends before what it uses
};

WitnessReader::WitnessReader(std::unique_ptr<Witnesses> witnesses, Duration every, Events* events)
    : inside_(std::make_unique<Inside>(std::move(witnesses), every, events)) {
  inside_->thread = std::jthread([inside = inside_.get()](const std::stop_token& stop) { inside->run(stop); });
}

WitnessReader::~WitnessReader() = default;

Result<std::vector<NodeObservation>> WitnessReader::latest() const {
  const std::scoped_lock lock(inside_->mutex);
  auto latest = inside_->last;
  if (!latest) return latest;
  const auto since = BootClock::now() - inside_->read_at;
  for (auto& one : *latest) {
    if (one.age) *one.age += since;
  }
  return latest;
}

}  // namespace failover
