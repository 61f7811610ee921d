#include "core/crc.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace {

using failover::crc32;
using failover::crc32c;
using failover::crc64;

const std::string much(std::size_t{64} * 1024, 'x');

#if defined(__x86_64__)
/// Whether a vector register holds something above its lower 128 bits.
[[gnu::target("avx")]] bool upper_halves_in_use() {
  alignas(16) std::array<std::uint64_t, 32> halves{};
  auto* to = halves.data();
  asm volatile(
      "vextractf128 $1, %%ymm0, (%0)\n vextractf128 $1, %%ymm1, 16(%0)\n"
      "vextractf128 $1, %%ymm2, 32(%0)\n vextractf128 $1, %%ymm3, 48(%0)\n"
      "vextractf128 $1, %%ymm4, 64(%0)\n vextractf128 $1, %%ymm5, 80(%0)\n"
      "vextractf128 $1, %%ymm6, 96(%0)\n vextractf128 $1, %%ymm7, 112(%0)\n"
      "vextractf128 $1, %%ymm8, 128(%0)\n vextractf128 $1, %%ymm9, 144(%0)\n"
      "vextractf128 $1, %%ymm10, 160(%0)\n vextractf128 $1, %%ymm11, 176(%0)\n"
      "vextractf128 $1, %%ymm12, 192(%0)\n vextractf128 $1, %%ymm13, 208(%0)\n"
      "vextractf128 $1, %%ymm14, 224(%0)\n vextractf128 $1, %%ymm15, 240(%0)\n"
      :
      : "r"(to)
      : "memory");
  for (const auto half : halves) {
    if (half != 0) return true;
  }
  return false;
}
#endif

}  // namespace

TEST_CASE("a CRC-32 is zip's, in one piece or several") {
  CHECK(crc32("123456789") == 0xcbf43926);
  CHECK(crc32("") == 0);
  CHECK(crc32("56789", crc32("1234")) == 0xcbf43926);
}

TEST_CASE("a CRC-32C is RFC 3720's, in one piece or several") {
  const auto of = [](std::string_view text, std::uint32_t seed = 0) {
    return crc32c(std::as_bytes(std::span(text)), seed);
  };
  CHECK(of("123456789") == 0xe3069283);
  CHECK(of(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(of("56789", of("1234")) == 0xe3069283);
}

TEST_CASE("a CRC-64 is xz's, in one piece or several") {
  const auto of = [](std::string_view text, std::uint64_t seed = 0) {
    return crc64(std::as_bytes(std::span(text)), seed);
  };
  CHECK(of("123456789") == 0x995dc9bbdf1939fa);
  CHECK(of("") == 0);
  CHECK(of("56789", of("1234")) == 0x995dc9bbdf1939fa);
}

#if defined(__x86_64__)
TEST_CASE("a checksum leaves nothing in the registers that slows down what comes next") {
  if (__builtin_cpu_supports("avx") == 0) return;
  crc32(much);
  CHECK_FALSE(upper_halves_in_use());
  crc32c(std::as_bytes(std::span(much)));
  CHECK_FALSE(upper_halves_in_use());
  crc64(std::as_bytes(std::span(much)));
  CHECK_FALSE(upper_halves_in_use());
}
#endif
