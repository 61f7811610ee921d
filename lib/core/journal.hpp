#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// An append-only file of JSON objects, one a line, each followed by its checksum: `CRC32-hex SPACE JSON LF`.
/// A torn last line (crash while appending) is ignored and cut off; damage before it stops with kind integrity,
/// because what came after it would be believed without its past.
class Journal {
 public:
  /// Opens or creates (mode 0600, directory fsynced) and reads what is there.
  static Result<Journal> open(const std::filesystem::path& path);
  /// What is there, without creating or mending anything; an absent file is empty.
  static Result<std::vector<std::string>> read(const std::filesystem::path& path);

  /// Every record found at open and appended since, as JSON text.
  [[nodiscard]] const std::vector<std::string>& records() const noexcept { return records_; }
  /// Appends one line and fsyncs it. @param json one object without line breaks.
  Result<void> append(std::string_view json);

 private:
  Journal(std::filesystem::path path, Fd fd, std::vector<std::string> records) noexcept;
  std::filesystem::path path_;
  Fd fd_;
  std::vector<std::string> records_;
};

}  // namespace failover
