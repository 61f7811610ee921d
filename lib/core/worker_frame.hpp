#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace failover {

/// What travels over the pipes of a worker: a kind, a length, and so many bytes. The two sides are of one build, so the
/// numbers are in the machine's own order.
enum class FrameKind : std::uint8_t {
  request = 1,  ///< JSON
  secret = 2,   ///< a password or key, never in argv, environment or JSON (property secret)
  answer = 3,   ///< JSON; the request is done
  error = 4,    ///< JSON: {"kind": .., "message": ..}; the request is done
  part = 5,     ///< JSON: more of the answer follows
  data = 6,     ///< bytes, in the order in which they were asked for
};

struct FrameHead {
  FrameKind kind = FrameKind::error;
  std::uint32_t length = 0;
};

/// More than this is no frame: something else wrote to the pipe.
constexpr std::uint32_t longest_frame = std::uint32_t{8} * 1024 * 1024;
constexpr std::size_t frame_head_size = 8;

using FrameHeadBytes = std::array<std::byte, frame_head_size>;
FrameHeadBytes encode(const FrameHead& head) noexcept;
/// None when these bytes are no head.
std::optional<FrameHead> decode_frame_head(const FrameHeadBytes& bytes) noexcept;

}  // namespace failover
