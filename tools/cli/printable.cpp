#include "cli/printable.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace failover::cli {

namespace {

unsigned byte_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

bool continues(unsigned byte) noexcept {
  return byte >= 0x80 && byte < 0xc0;
}

/// How many bytes the UTF-8 character at `at` has; 1 where none begins.
std::size_t length_at(std::string_view text, std::size_t at) noexcept {
  const auto lead = byte_at(text, at);
  const std::size_t wanted = lead >= 0xc2 && lead < 0xe0   ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 1;
  for (std::size_t i = 1; i < wanted; ++i) {
    if (!continues(byte_at(text, at + i))) return 1;
  }
  return wanted;
}

bool steers(std::string_view character) noexcept {
  const auto first = byte_at(character, 0);
  // A lone byte of the second set is what a terminal without UTF-8 obeys.
  if (character.size() == 1) return first < 0x20 || (first >= 0x7f && first < 0xa0);
  return character.size() == 2 && first == 0xc2 && byte_at(character, 1) < 0xa0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto character = text.substr(at, length_at(text, at));
    result += steers(character) ? std::string_view("?") : character;
    at += character.size();
  }
  return result;
}

}  // namespace failover::cli
