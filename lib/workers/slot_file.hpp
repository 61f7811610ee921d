#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// One file that is unpacked into a folder, by the number that is its name there.
class SlotFile {
 public:
  /// Made new with mode 0600, beneath the folder's descriptor and through no link (property inside).
  static Result<SlotFile> make(int folder, std::uint64_t slot);

  Result<void> write(std::span<const std::byte> bytes);
  /// Sets its modification time and closes it.
  Result<void> finish(WallTime modified);

 private:
  explicit SlotFile(Fd fd) noexcept : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace failover
