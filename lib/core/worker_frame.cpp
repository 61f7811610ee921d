#include "core/worker_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace failover {

namespace {

constexpr std::uint8_t mark = 0xF0;

}  // namespace

FrameHeadBytes encode(const FrameHead& head) noexcept {
  FrameHeadBytes bytes{};
  bytes[0] = std::byte{mark};
  bytes[1] = static_cast<std::byte>(head.kind);
  std::memcpy(bytes.data() + 4, &head.length, sizeof head.length);
  return bytes;
}

std::optional<FrameHead> decode_frame_head(const FrameHeadBytes& bytes) noexcept {
  FrameHead head;
  const auto kind = std::to_integer<std::uint8_t>(bytes[1]);
  head.kind = static_cast<FrameKind>(kind);
  std::memcpy(&head.length, bytes.data() + 4, sizeof head.length);
  const bool known =
      kind >= static_cast<std::uint8_t>(FrameKind::request) && kind <= static_cast<std::uint8_t>(FrameKind::data);
  if (bytes[0] != std::byte{mark} || !known || head.length > longest_frame) return std::nullopt;
  return head;
}

}  // namespace failover
