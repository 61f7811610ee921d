#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/fd.hpp"

namespace failover {

/// The download that is under way in a folder: a hidden file, and beside it which object its bytes are of. It outlives
/// the run, so that the next one goes on; it is never mistaken for a backup. One per folder, under the folder's lock.
class Partial {
 public:
  /// Goes on with what is there if it is of this very object, else begins anew.
  static Result<Partial> open(const std::filesystem::path& folder, const std::string& source, const ObjectInfo& object);
  /// How many bytes a run would find; changes nothing.
  static std::uint64_t left_over(const std::filesystem::path& folder, const std::string& source,
                                 const ObjectInfo& object);
  /// Removes it and its note.
  static Result<void> discard(const std::filesystem::path& folder);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  Result<void> append(std::span<const std::byte> bytes);
  Result<void> restart();
  Result<void> sync();
  /// Durably gives it its name; the note goes.
  Result<void> publish(const std::filesystem::path& as);

 private:
  Partial(std::filesystem::path path, Fd fd, std::uint64_t size) noexcept;
  std::filesystem::path path_;
  Fd fd_;
  std::uint64_t size_ = 0;
};

}  // namespace failover
