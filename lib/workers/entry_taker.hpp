#pragma once

#include <cstddef>
#include <span>

#include <failover/error.hpp>

#include "archive/entry_record.hpp"

namespace failover {

/// What becomes of the entries that a worker reads, one after the other. The first error ends the reading.
class EntryTaker {
 public:
  virtual ~EntryTaker() = default;
  virtual Result<void> begin(const UnpackJob& job) = 0;
  /// The next bytes of its content.
  virtual Result<void> take(std::span<const std::byte> bytes) = 0;
  /// Size and CRC-32 were what the job says.
  virtual Result<void> end(const UnpackJob& job) = 0;
};

}  // namespace failover
