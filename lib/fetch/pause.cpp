#include "fetch/pause.hpp"

#include <condition_variable>
#include <mutex>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

Result<void> pause_for(Duration duration, const Context& context) {
  const auto until = context.deadline.sooner(Deadline::after(duration));
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_until(lock, context.stop, until.time(), [] { return false; });
  return context.check();
}

}  // namespace failover
