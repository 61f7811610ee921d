#include "net/dns_name.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/ascii.hpp"

namespace failover {

namespace {

constexpr std::size_t max_label = 63;
constexpr std::size_t max_name = 255;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// The character behind a backslash at text[i]; moves i onto its last character.
Result<char> unescape(std::string_view text, std::size_t& i) {
  if (i + 3 < text.size() && is_digit(text[i + 1]) && is_digit(text[i + 2]) && is_digit(text[i + 3])) {
    const int value = (text[i + 1] - '0') * 100 + (text[i + 2] - '0') * 10 + (text[i + 3] - '0');
    if (value > 255) return fail(ErrorKind::usage, fmt::format("'{}' has an escape above \\255", text));
    i += 3;
    return static_cast<char>(value);
  }
  if (i + 1 >= text.size() || is_digit(text[i + 1])) {
    return fail(ErrorKind::usage, fmt::format("'{}' has an incomplete escape", text));
  }
  i += 1;
  return text[i];
}

Result<void> append_label(std::string& wire, std::string& label, std::string_view text) {
  if (label.empty()) return fail(ErrorKind::usage, fmt::format("'{}' is not a domain name: a label is empty", text));
  if (label.size() > max_label) {
    return fail(ErrorKind::usage, fmt::format("'{}' is not a domain name: a label is longer than 63", text));
  }
  wire += static_cast<char>(label.size());
  wire += label;
  label.clear();
  return {};
}

}  // namespace

Result<DnsName> DnsName::from_text(std::string_view text) {
  if (text == ".") return DnsName();
  if (text.empty()) return fail(ErrorKind::usage, "an empty text is not a domain name");
  std::string wire;
  std::string label;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (text[i] == '.') {
      FO_TRY(append_label(wire, label, text));
    } else if (text[i] == '\\') {
      label += FO_TRY(unescape(text, i));
    } else if (byte <= 0x20 || byte >= 0x7f) {
      return fail(ErrorKind::usage, fmt::format("'{}' is not a domain name: only ASCII without blanks may stand in it "
                                                "(write other names in their xn-- form)",
                                                text));
    } else {
      label += text[i];
    }
  }
  if (!label.empty()) FO_TRY(append_label(wire, label, text));
  wire += '\0';
  if (wire.size() > max_name) return fail(ErrorKind::usage, fmt::format("'{}' is longer than 255 octets", text));
  return from_wire(std::move(wire));
}

DnsName DnsName::from_wire(std::string wire) noexcept {
  DnsName name;
  name.wire_ = std::move(wire);
  return name;
}

std::string DnsName::to_text() const {
  std::string text;
  for (std::size_t i = 0; i < wire_.size() && wire_[i] != '\0';) {
    const auto length = static_cast<unsigned char>(wire_[i]);
    if (!text.empty()) text += '.';
    for (const char c : std::string_view(wire_).substr(i + 1, length)) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte <= 0x20 || byte >= 0x7f) {
        text += fmt::format("\\{:03d}", byte);
      } else {
        if (std::string_view(".\\\"();@$").contains(c)) text += '\\';
        text += c;
      }
    }
    i += 1U + length;
  }
  return text.empty() ? "." : text;
}

std::string DnsName::canonical_wire() const {
  // Only ASCII letters fold (RFC 4343 section 3). Length octets are at most 63 and so never a letter.
  return ascii_lower(wire_);
}

bool DnsName::is_within(const DnsName& zone) const {
  const std::string mine = canonical_wire();
  const std::string above = zone.canonical_wire();
  for (std::size_t i = 0; i < mine.size(); i += 1U + static_cast<unsigned char>(mine[i])) {
    if (std::string_view(mine).substr(i) == above) return true;
  }
  return false;
}

bool DnsName::operator==(const DnsName& other) const noexcept {
  return equal_ignoring_case(wire_, other.wire_);
}

}  // namespace failover
