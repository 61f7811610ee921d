#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <failover/error.hpp>

namespace failover {

/// What a worker may use at most.
struct WorkerLimits {
  std::uint64_t memory = 0;     ///< address space, bytes
  std::uint64_t cpu_s = 0;      ///< seconds of CPU; then it is killed
  std::uint64_t file_size = 0;  ///< bytes of one file
};

/// Shuts this process in before it looks at the first foreign byte, as far as the kernel can: no more privileges, no
/// files but new ones in `folders`, resource limits, a watch on the parent (begin_worker), and only harmless system
/// calls. A kernel that has not one of them does without; one that has it and refuses is an error.
/// @return a sentence about what is in force
Result<std::string> confine(std::span<const int> folders, const WorkerLimits& limits);

}  // namespace failover
