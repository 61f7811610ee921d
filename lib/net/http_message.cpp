#include "net/http_message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/ascii.hpp"
#include "core/whole_number.hpp"

namespace failover {

namespace {

constexpr std::size_t max_head = std::size_t{64} * 1024;

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

}  // namespace

std::optional<std::string_view> HttpHead::find(std::string_view name) const noexcept {
  for (const auto& field : fields) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::string HttpHead::content_type() const {
  const auto value = find("Content-Type").value_or("");
  return ascii_lower(trimmed(value.substr(0, value.find(';'))));
}

bool HttpHeadReader::add(std::string_view line) {
  // Trailer fields come after the body and mean nothing to us.
  if (complete_) return (size_ += line.size()) <= max_head;
  if (line.starts_with("HTTP/")) {
    head_ = {};
    size_ = 0;
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos || line.size() < blank + 4) return false;
    const auto status = whole_number<int>(line.substr(blank + 1, 3));
    head_.status = status.value_or(0);
    return status.has_value();
  }
  size_ += line.size();
  if (size_ > max_head) return false;
  if (trimmed(line).empty()) {
    complete_ = head_.status >= 200;
    return true;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  head_.fields.push_back({std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))});
  return true;
}

}  // namespace failover
