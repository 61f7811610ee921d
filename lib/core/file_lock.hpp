#pragma once

#include <filesystem>

#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// Holds an advisory lock (flock) on a file until destroyed (property alone). The file stays.
class FileLock {
 public:
  /// Ends at once with an error of kind locked, naming the holder's pid, when another process has it.
  static Result<FileLock> take(const std::filesystem::path& path);

 private:
  explicit FileLock(Fd fd) noexcept : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace failover
