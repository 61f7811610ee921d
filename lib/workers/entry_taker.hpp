#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <failover/error.hpp>

#include "archive/entry_record.hpp"

namespace failover {

/// What becomes of the entries that a worker reads, one after the other. The first error ends the reading.
class EntryTaker {
 public:
  virtual ~EntryTaker() = default;
  /// What it does with an entry, for errors: "unpacking".
  [[nodiscard]] virtual std::string_view doing() const noexcept = 0;
  virtual Result<void> begin(const UnpackJob& job) = 0;
  /// The next bytes of its content.
  virtual Result<void> take(std::span<const std::byte> bytes) = 0;
  /// Size and CRC-32 were what the job says.
  virtual Result<void> end(const UnpackJob& job) = 0;
};

}  // namespace failover
