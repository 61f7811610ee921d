#pragma once

#include <string>
#include <string_view>

namespace failover {

// Letters, digits and case of ASCII alone, whatever the locale: what protocols and file formats mean by them.

constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Every letter as a small one; bytes beyond ASCII stay.
std::string ascii_lower(std::string_view text);

constexpr bool is_ascii_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Whether two texts are the same but for the case of their letters.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Whether a text is not empty and has only letters, digits and characters of `also`.
bool consists_of_alphanumerics(std::string_view text, std::string_view also) noexcept;

}  // namespace failover
