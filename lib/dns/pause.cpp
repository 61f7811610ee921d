#include "dns/pause.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <failover/context.hpp>

namespace failover {

void pause(Duration duration, const Context& context) {
  std::mutex mutex;
  std::condition_variable_any never_notified;
  std::unique_lock lock(mutex);
  never_notified.wait_for(lock, context.stop, std::min(duration, context.deadline.remaining()), [] { return false; });
}

}  // namespace failover
