#include "archive/archive_format.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace failover {

namespace {

using namespace std::string_view_literals;

constexpr std::array packed_magics{"\x1f\x8b"sv,
                                   "\xfd"
                                   "7zXZ\0"sv,
                                   "\x28\xb5\x2f\xfd"sv};
constexpr std::size_t ustar_offset = 257;
constexpr auto ustar_magic = "ustar"sv;

}  // namespace

ArchiveFormat format_of(std::span<const std::byte> beginning) noexcept {
  const std::string_view bytes(reinterpret_cast<const char*>(beginning.data()), beginning.size());
  for (const auto magic : packed_magics) {
    if (bytes.starts_with(magic)) return ArchiveFormat::tar;
  }
  if (bytes.size() > ustar_offset && bytes.substr(ustar_offset).starts_with(ustar_magic)) return ArchiveFormat::tar;
  return ArchiveFormat::zip;
}

}  // namespace failover
