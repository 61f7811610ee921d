#pragma once

#include <chrono>
#include <cstdint>

#include <failover/error.hpp>

namespace failover {

/// Tells the parent how many bytes are unpacked, at most ten times a second: progress, and a sign of life.
class UnpackReport {
 public:
  Result<void> add(std::uint64_t bytes);

 private:
  std::uint64_t bytes_ = 0;
  std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

}  // namespace failover
