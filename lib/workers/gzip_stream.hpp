#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <failover/error.hpp>

struct inflate_state;

namespace failover {

/// The bytes in a gzip file (RFC 1952), members one after the other, each held against its CRC-32 and length:
/// libarchive 3.6 reads past both, and a tar has no checksum of its content.
class GzipStream {
 public:
  /// @param fd read with pread only
  explicit GzipStream(int fd);
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream();

  /// The next bytes, valid until the next call; none at the end.
  Result<std::span<const std::byte>> next();

 private:
  /// Whether there are packed bytes; false at the end of the file.
  Result<bool> fill();
  Result<void> end_member();

  int fd_;
  std::uint64_t offset_ = 0;  ///< of what is read next
  bool inside_ = false;       ///< a member
  std::unique_ptr<inflate_state> state_;
  std::string packed_;
  std::string room_;
};

}  // namespace failover
