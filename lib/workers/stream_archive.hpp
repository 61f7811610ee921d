#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_format.hpp"
#include "core/secret.hpp"

struct archive;

namespace failover {

/// An archive that is read from front to back by libarchive: tar, packed or not, and encrypted zips. Every warning of
/// libarchive's is a refusal: what it is not sure of, others may read differently.
class StreamArchive {
 public:
  using Sink = std::function<Result<void>(std::span<const std::byte>)>;

  /// @param fd read with pread only: other processes share its offset
  static Result<std::unique_ptr<StreamArchive>> open(int fd, ArchiveFormat format, const Secret* password);
  StreamArchive(const StreamArchive&) = delete;
  StreamArchive& operator=(const StreamArchive&) = delete;
  ~StreamArchive();

  /// The next entry, its name and kind judged but not its CRC-32, which is not known yet; none at the end, where a tar
  /// must have its end marker and nothing after it.
  Result<std::optional<ArchiveEntry>> next();
  /// The content of the entry that next() gave; holes come as zeros.
  Result<void> read(const Sink& sink);

 private:
  struct Input;
  struct Free {
    void operator()(archive* handle) const noexcept;
  };
  using Handle = std::unique_ptr<archive, Free>;

  StreamArchive();
  Result<void> open_tar(int fd);
  Result<void> open_unpacker();
  Result<void> open_zip(int fd, const Secret* password);
  [[nodiscard]] std::unexpected<Error> failure() const;
  void note_position() noexcept;
  Result<void> check_end();

  std::unique_ptr<Input> input_;
  Handle unpacker_;  ///< of the layer below a tar; outlives handle_
  Handle handle_;
  std::string name_;
  std::uint64_t count_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t entries_end_ = 0;  ///< in the unpacked bytes of a tar
  bool tar_ = false;
  std::string room_;
};

}  // namespace failover
