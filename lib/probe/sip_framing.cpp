#include "probe/sip_framing.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "probe/sip_message.hpp"
#include "probe/sip_text.hpp"

namespace failover {

namespace {

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// @param head from the start line to the line end of the last header
Result<std::size_t> body_length(std::string_view head) {
  std::optional<std::size_t> length;
  std::size_t begin = 0;
  while (begin < head.size()) {
    const auto end = std::min(head.find("\r\n", begin), head.size());
    const auto line = head.substr(begin, end - begin);
    begin = end + 2;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = ascii_lower(trimmed(line.substr(0, colon)));
    if (name != "content-length" && name != "l") continue;
    const auto value = read_sip_number(trimmed(line.substr(colon + 1)), SipLimits::message);
    if (!value) return fail(ErrorKind::protocol, "the Content-Length is malformed");
    if (length && *length != *value) return fail(ErrorKind::protocol, "it has more than one Content-Length");
    length = *value;
  }
  if (!length) return fail(ErrorKind::protocol, "it has no Content-Length, which a stream needs");
  return *length;
}

}  // namespace

Result<std::optional<std::string>> SipFraming::next() {
  buffer_.erase(0, std::min(buffer_.find_first_not_of("\r\n"), buffer_.size()));
  const auto end = buffer_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (buffer_.size() > SipLimits::message) return fail(ErrorKind::protocol, "the message is too long");
    return std::nullopt;
  }
  const auto size = end + 4 + FO_TRY(body_length(std::string_view(buffer_).substr(0, end)));
  if (size > SipLimits::message) return fail(ErrorKind::protocol, "the message is too long");
  if (buffer_.size() < size) return std::nullopt;
  auto message = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return message;
}

}  // namespace failover
