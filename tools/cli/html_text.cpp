#include "cli/html_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace failover::cli {

namespace {

/// One character of UTF-8 (RFC 3629); size 0 where none begins.
struct Character {
  char32_t value = 0;
  std::size_t size = 0;
};

unsigned byte_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

Character character_at(std::string_view text, std::size_t at) noexcept {
  const auto lead = byte_at(text, at);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 && lead < 0xf5   ? 4
                           : lead >= 0xe0 && lead < 0xf0 ? 3
                           : lead >= 0xc2 && lead < 0xe0 ? 2
                                                         : 0;
  char32_t value = size == 4 ? lead & 0x07U : size == 3 ? lead & 0x0fU : lead & 0x1fU;
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = byte_at(text, at + i);
    if ((next & 0xc0U) != 0x80U) return {};
    value = (value << 6U) | (next & 0x3fU);
  }
  const bool too_long = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool none = value > 0x10ffff || (value >= 0xd800 && value < 0xe000);
  return too_long || none ? Character{} : Character{value, size};
}

/// Control characters, and what turns the direction of writing around.
bool steers(char32_t value) noexcept {
  return value < 0x20 || (value >= 0x7f && value < 0xa0) || (value >= 0x202a && value <= 0x202e) ||
         (value >= 0x2066 && value <= 0x2069) || value == 0x200e || value == 0x200f || value == 0x2028 ||
         value == 0x2029;
}

std::string_view escape_of(char32_t value) noexcept {
  switch (value) {
    case U'&':
      return "&amp;";
    case U'<':
      return "&lt;";
    case U'>':
      return "&gt;";
    case U'"':
      return "&quot;";
    case U'\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto character = character_at(text, at);
    const auto escape = escape_of(character.value);
    if (character.size == 0 || steers(character.value)) {
      result += '?';
    } else if (!escape.empty()) {
      result += escape;
    } else {
      result += text.substr(at, character.size);
    }
    at += character.size == 0 ? 1 : character.size;
  }
  return result;
}

}  // namespace failover::cli
