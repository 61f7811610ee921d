#pragma once

#include <filesystem>
#include <utility>

#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// A folder of our own for files that are needed for a moment, mode 0700, beneath $TMPDIR or /tmp; it goes with this.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make();
  ScratchFolder(ScratchFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), folder_(std::move(other.folder_)) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  [[nodiscard]] int fd() const noexcept { return folder_.get(); }

 private:
  ScratchFolder(std::filesystem::path path, Fd folder) noexcept : path_(std::move(path)), folder_(std::move(folder)) {}
  std::filesystem::path path_;
  Fd folder_;
};

}  // namespace failover
