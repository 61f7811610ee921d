#include "failover/context.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>

#include "failover/error.hpp"

namespace failover {

Deadline Deadline::after(Duration duration) noexcept {
  const auto now = Clock::now();
  if (duration >= Clock::time_point::max() - now) return never();
  return Deadline(now + duration);
}

Duration Deadline::remaining() const noexcept {
  if (is_never()) return Duration::max();
  return std::max(Duration::zero(), Duration(when_ - Clock::now()));
}

int Deadline::poll_timeout_ms() const noexcept {
  if (is_never()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(remaining()).count();
  return static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
}

Result<void> Context::check() const {
  if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped by a signal");
  if (deadline.passed()) return fail(ErrorKind::timeout, "the deadline has passed");
  return {};
}

void Context::progress(std::string_view task, std::uint64_t done, std::uint64_t total) const noexcept {
  if (events != nullptr) events->progress(task, done, total);
}

void Context::note(Level level, std::string_view sentence) const noexcept {
  if (events != nullptr) events->note(level, sentence);
}

Context Context::within(Duration limit) const {
  Context narrower = *this;
  narrower.deadline = deadline.sooner(Deadline::after(limit));
  return narrower;
}

}  // namespace failover
