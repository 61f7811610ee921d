#include "core/crc.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <isa-l/crc.h>
#include <isa-l/crc64.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace failover {

namespace {

// ISA-L 2.30 leaves the upper halves of the vector registers in use. Until they are cleared every switch between older
// and newer vector instructions costs a hundred cycles, and all that the thread does next has them: AES in 16-byte
// blocks ran at an eighth of its speed.
#if defined(__x86_64__)
[[gnu::target("avx")]] void clear_upper_halves() noexcept {
  _mm256_zeroupper();
}
void after_isal() noexcept {
  if (__builtin_cpu_supports("avx") != 0) clear_upper_halves();
}
#else
void after_isal() noexcept {}
#endif

}  // namespace

std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t seed) noexcept {
  const auto crc = ::crc32_gzip_refl(seed, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  after_isal();
  return crc;
}

std::uint32_t crc32(std::string_view text, std::uint32_t seed) noexcept {
  return crc32(std::as_bytes(std::span(text)), seed);
}

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed) noexcept {
  constexpr std::size_t most = std::size_t{1} << 30U;  // ISA-L counts in int
  std::uint32_t crc = ~seed;
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), most));
    // ISA-L only reads; its interface lacks the const.
    auto* data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(part.data()));
    crc = ::crc32_iscsi(data, static_cast<int>(part.size()), crc);
    bytes = bytes.subspan(part.size());
  }
  after_isal();
  return ~crc;
}

std::uint64_t crc64(std::span<const std::byte> bytes, std::uint64_t seed) noexcept {
  const auto crc = ::crc64_ecma_refl(seed, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  after_isal();
  return crc;
}

}  // namespace failover
