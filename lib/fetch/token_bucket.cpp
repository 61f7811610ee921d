#include "fetch/token_bucket.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/pause.hpp"

namespace failover {

std::uint64_t TokenBucket::portion(std::uint64_t largest) const noexcept {
  constexpr std::uint64_t smallest = 1024;
  constexpr std::uint64_t portions_a_second = 8;
  return rate_ ? std::clamp(*rate_ / portions_a_second, smallest, std::max(smallest, largest)) : largest;
}

Result<void> TokenBucket::pay(std::uint64_t bytes, const Context& context) {
  if (!rate_) return {};
  const std::chrono::duration<double> price(static_cast<double>(bytes) / static_cast<double>(*rate_));
  Deadline::Clock::time_point due;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Deadline::Clock::now();
    paid_until_ = std::max(paid_until_, now) + std::chrono::duration_cast<Duration>(price);
    due = paid_until_;
  }
  const auto wait = due - Deadline::Clock::now();
  return wait > Duration::zero() ? pause_between_tries(wait, context) : context.check();
}

}  // namespace failover
