#include "core/worker_frame.hpp"

#include <cstddef>
#include <cstdint>

#include "support/catch.hpp"

using failover::decode_frame_head;
using failover::encode;
using failover::FrameHead;
using failover::FrameKind;

TEST_CASE("a frame's head is what was sent") {
  for (const auto kind :
       {FrameKind::request, FrameKind::secret, FrameKind::answer, FrameKind::error, FrameKind::part, FrameKind::data}) {
    for (const std::uint32_t length : {0U, 1U, 65'536U, failover::longest_frame}) {
      const auto head = decode_frame_head(encode(FrameHead{kind, length}));
      REQUIRE(head.has_value());
      CHECK(head->kind == kind);
      CHECK(head->length == length);
    }
  }
}

TEST_CASE("what a library prints to the pipe is no frame") {
  failover::FrameHeadBytes bytes{};
  CHECK_FALSE(decode_frame_head(bytes));
  bytes.fill(std::byte{'a'});
  CHECK_FALSE(decode_frame_head(bytes));
  bytes = encode(FrameHead{FrameKind::data, failover::longest_frame + 1});
  CHECK_FALSE(decode_frame_head(bytes));
  bytes = encode(FrameHead{FrameKind::data, 1});
  bytes[1] = std::byte{0};
  CHECK_FALSE(decode_frame_head(bytes));
  bytes[1] = std::byte{7};
  CHECK_FALSE(decode_frame_head(bytes));
}
