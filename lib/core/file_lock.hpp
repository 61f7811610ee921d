#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// Holds an advisory lock (flock) on a file until destroyed (property alone). The file stays.
class FileLock {
 public:
  /// Ends at once with an error of kind locked, naming the holder's pid, when another process has it.
  /// @param note what the holder says of itself, for note_of()
  static Result<FileLock> take(const std::filesystem::path& path, std::string_view note = {});

  /// What the one who took it last said of itself; it may be gone, and one who takes it right now may not have said
  /// anything yet.
  static Result<std::string> note_of(const std::filesystem::path& path);

 private:
  explicit FileLock(Fd fd) noexcept : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace failover
