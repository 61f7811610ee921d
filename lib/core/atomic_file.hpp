#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include <failover/error.hpp>

#include "core/fd.hpp"

namespace failover {

/// A file that appears under its name whole or not at all. Bytes go to a nameless or temporary file in the same
/// directory; commit() makes them durable and publishes; the destructor discards.
class AtomicFile {
 public:
  static Result<AtomicFile> create(std::filesystem::path path, unsigned mode = 0600);
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  Result<void> write(std::string_view text);
  Result<void> write(std::span<const std::byte> bytes);
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// fsync of the file, rename over the name, fsync of the directory.
  Result<void> commit();

 private:
  AtomicFile(std::filesystem::path path, std::filesystem::path temporary, Fd fd) noexcept;
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  Fd fd_;
};

/// The short form for small files.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view text, unsigned mode = 0600);

/// Removes a name and makes that durable. An absent file is fine.
Result<void> remove_file_durably(const std::filesystem::path& path);

}  // namespace failover
