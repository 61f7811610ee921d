#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>
#include <failover/source.hpp>

namespace failover {

/// The boundary of "multipart/byteranges; boundary=.."; empty when it is not that.
std::string multipart_boundary(std::string_view content_type);

/// Reads a multipart/byteranges body (RFC 9110 section 14.6) piece by piece and hands its bytes on. Strict: the parts
/// must be those asked for, in that order; anything else is an error of kind protocol.
class MultipartRanges {
 public:
  /// @param size of the whole object
  MultipartRanges(std::string boundary, std::span<const ByteRange> wanted, std::uint64_t size);

  Result<void> add(std::span<const std::byte> bytes, const Source::Sink& sink);
  /// Every part came whole.
  [[nodiscard]] bool complete() const noexcept { return left_ == 0 && next_ == wanted_.size(); }
  /// What has not been handed on yet.
  [[nodiscard]] std::vector<ByteRange> missing() const;

 private:
  Result<std::size_t> add_header(std::span<const std::byte> bytes);
  Result<void> begin_part();
  Result<void> add_end(std::size_t count);

  std::string delimiter_;
  std::vector<ByteRange> wanted_;
  std::uint64_t size_;
  std::size_t next_ = 0;    // of wanted_, the part whose header comes next
  std::uint64_t left_ = 0;  // bytes of the part before it that are to come
  std::string header_;      // delimiter and fields, so far
  std::size_t end_ = 0;     // bytes behind the last part
};

}  // namespace failover
