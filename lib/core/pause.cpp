#include "core/pause.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

Result<void> pause_between_tries(Duration length, const Context& context) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, context.stop, std::min(length, context.deadline.remaining()), [] { return false; });
  return context.check();
}

}  // namespace failover
