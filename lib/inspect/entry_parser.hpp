#pragma once

#include <cstddef>
#include <span>

#include <failover/error.hpp>

namespace failover {

/// Reads the bytes of one entry as they come and never holds more of them than its own limit. What it finds out it
/// keeps for whoever made it.
class EntryParser {
 public:
  virtual ~EntryParser() = default;
  /// The next bytes. An error of kind integrity ends the inspection: they are made to do harm, or are not whole.
  virtual Result<void> feed(std::span<const std::byte> bytes) = 0;
  /// There are no more.
  virtual Result<void> end() = 0;
};

}  // namespace failover
