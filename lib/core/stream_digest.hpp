#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace failover {

/// A digest of a stream by the name of its algorithm: md5, sha1, sha256 or crc32c (four bytes, big-endian).
class StreamDigest {
 public:
  /// None: an algorithm that is not known here.
  static std::optional<StreamDigest> of(std::string_view algorithm);
  StreamDigest(StreamDigest&&) noexcept;
  StreamDigest& operator=(StreamDigest&&) noexcept;
  ~StreamDigest();

  void add(std::span<const std::byte> bytes);
  /// Lower-case hex digits; the object is used up.
  std::string hex();

 private:
  struct State;
  explicit StreamDigest(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace failover
