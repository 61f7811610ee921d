#include "workers/unpack_report.hpp"

#include <chrono>
#include <cstdint>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/worker_frame.hpp"
#include "workers/worker_side.hpp"

namespace failover {

Result<void> UnpackReport::add(std::uint64_t bytes) {
  constexpr std::chrono::milliseconds pause{100};
  bytes_ += bytes;
  const auto now = std::chrono::steady_clock::now();
  if (now - told_ < pause) return {};
  told_ = now;
  return WorkerSide::send(FrameKind::part, fmt::format("{{\"bytes\":{}}}", bytes_));
}

}  // namespace failover
