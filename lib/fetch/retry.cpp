#include "fetch/retry.hpp"

#include <algorithm>
#include <chrono>
#include <expected>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/pause.hpp"

namespace failover {

bool worth_a_retry(const Error& error) noexcept {
  return error.kind == ErrorKind::unreachable || error.kind == ErrorKind::timeout;
}

Duration backoff(unsigned failures) noexcept {
  const auto doublings = std::min(failures == 0 ? 0U : failures - 1, 5U);
  return std::min(std::chrono::seconds(1U << doublings), std::chrono::seconds(30));
}

Result<void> before_next_try(const Error& error, unsigned failures, unsigned retries, const Context& context) {
  if (!worth_a_retry(error) || failures > retries) return std::unexpected(error);
  // The deadline's or the stop's own error says less than what went wrong before it.
  if (context.stop.stop_requested() || context.deadline.remaining() <= backoff(failures)) return std::unexpected(error);
  context.note(Level::info, fmt::format("{}; trying again in {} (try {} of {})", error.message,
                                        human_duration(backoff(failures)), failures + 1, retries + 1));
  return pause_between_tries(backoff(failures), context);
}

}  // namespace failover
