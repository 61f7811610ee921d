#include "core/ascii.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace failover {

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ascii_lower(c);
  return lower;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

bool consists_of_alphanumerics(std::string_view text, std::string_view also) noexcept {
  return !text.empty() &&
         std::ranges::all_of(text, [also](char c) { return is_ascii_alphanumeric(c) || also.contains(c); });
}

}  // namespace failover
