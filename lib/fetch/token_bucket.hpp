#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// One rate for all connections of a run: bytes are paid for before they are asked for, so the average never exceeds
/// it. Any thread.
class TokenBucket {
 public:
  /// @param rate bytes a second; none = no limit
  explicit TokenBucket(std::optional<std::uint64_t> rate) noexcept : rate_(rate) {}
  /// How many bytes to ask for at once so that the flow stays even, at most `largest`.
  [[nodiscard]] std::uint64_t portion(std::uint64_t largest) const noexcept;
  Result<void> pay(std::uint64_t bytes, const Context& context);

 private:
  std::optional<std::uint64_t> rate_;
  std::mutex mutex_;
  Deadline::Clock::time_point paid_until_;
};

}  // namespace failover
