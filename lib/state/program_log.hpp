#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// What the PBX's own restore program said in one run: STATE/restore/program-log.N, format 1, mode 0600. Of more than
/// 1 MiB the beginning and the end are kept; logs of the last seven runs that had one stay.
class ProgramLog {
 public:
  /// A run that is taken up again goes on with its log.
  static Result<ProgramLog> open(const StateDir& state, std::uint64_t run);
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// A log that cannot be written (a full disk) must not end the program: it is left out.
  void write(std::string_view text) noexcept;
  /// The end of what was said, and everything on its way to the disk.
  void close() noexcept;

 private:
  ProgramLog(std::filesystem::path path, Fd fd, std::size_t size) noexcept;
  std::filesystem::path path_;
  Fd fd_;
  std::size_t size_ = 0;
  std::size_t left_out_ = 0;
  std::string end_;
};

}  // namespace failover
