#include "probe/sip_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "core/whole_number.hpp"
#include "probe/sip_message.hpp"

namespace failover {

namespace {

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

bool is_token_char(char c) noexcept {
  return is_ascii_alphanumeric(c) || std::string_view("-.!%*_+`'~").contains(c);
}

/// What may stand in an URI: reserved, unreserved, escapes and the brackets of an IPv6 address.
bool is_uri_char(char c) noexcept {
  return is_ascii_alphanumeric(c) || std::string_view("-_.!~*'();/?:@&=+$,%[]#").contains(c);
}

/// A URI as far as we look: a scheme, a colon, and only characters of a URI.
Result<void> check_uri(std::string_view uri) {
  const auto colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_sip_token(uri.substr(0, colon))) {
    return fail(ErrorKind::protocol, "an address is not a URI");
  }
  if (!std::ranges::all_of(uri, is_uri_char)) return fail(ErrorKind::protocol, "a URI holds forbidden characters");
  return {};
}

/// A display name of tokens or one quoted string. @return false when what came is no display name but a URI.
Result<void> skip_display_name(SipText& text) {
  if (text.peek() == '"') {
    if (!text.quoted()) return fail(ErrorKind::protocol, "a quoted string is not closed");
    text.skip_blanks();
    return {};
  }
  while (!text.at_end() && text.peek() != '<') {
    if (text.token().empty()) return fail(ErrorKind::protocol, "a display name must be quoted");
    text.skip_blanks();
  }
  return {};
}

}  // namespace

void SipText::skip_blanks() noexcept {
  while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
}

bool SipText::take(char wanted) noexcept {
  const auto before = rest_;
  skip_blanks();
  if (peek() != wanted || rest_.empty()) {
    rest_ = before;
    return false;
  }
  rest_.remove_prefix(1);
  skip_blanks();
  return true;
}

std::string_view SipText::token() noexcept {
  const auto* const end = std::ranges::find_if_not(rest_, is_token_char);
  const auto taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
  rest_.remove_prefix(taken.size());
  return taken;
}

std::optional<std::string_view> SipText::quoted() noexcept {
  if (peek() != '"') return std::nullopt;
  for (std::size_t i = 1; i < rest_.size(); ++i) {
    if (rest_[i] == '\\') {
      ++i;
    } else if (rest_[i] == '"') {
      const auto taken = rest_.substr(0, i + 1);
      rest_.remove_prefix(i + 1);
      return taken;
    }
  }
  return std::nullopt;
}

std::string_view SipText::until(std::string_view stops) noexcept {
  std::size_t end = 0;
  while (end < rest_.size() && !is_blank(rest_[end]) && !stops.contains(rest_[end])) ++end;
  const auto taken = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return taken;
}

Result<SipParameters> read_sip_parameters(SipText& text) {
  SipParameters parameters;
  while (text.take(';')) {
    if (parameters.size() >= SipLimits::values) return fail(ErrorKind::protocol, "a header has too many parameters");
    const auto name = text.token();
    if (name.empty()) return fail(ErrorKind::protocol, "a parameter has no name");
    std::string value;
    if (text.take('=')) {
      const auto raw = text.peek() == '"' ? text.quoted().value_or("") : text.until(";,\"<>");
      if (raw.empty()) return fail(ErrorKind::protocol, fmt::format("the parameter '{}' has no proper value", name));
      value = std::string(raw);
    }
    parameters.emplace_back(ascii_lower(name), std::move(value));
  }
  text.skip_blanks();
  return parameters;
}

std::string sip_parameter(const SipParameters& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &SipParameters::value_type::first);
  return found == parameters.end() ? std::string{} : found->second;
}

Result<SipParameters> read_sip_address(SipText& text) {
  text.skip_blanks();
  // Without angle brackets what follows ';' belongs to the header, and ',' and '?' may not occur.
  SipText plain = text;
  const auto uri = plain.until("<>\";,?");
  if (uri.contains(':')) {
    FO_TRY(check_uri(uri));
    plain.skip_blanks();
    if (plain.at_end() || plain.peek() == ';' || plain.peek() == ',') {
      text = plain;
      return read_sip_parameters(text);
    }
    return fail(ErrorKind::protocol, "an address must stand in angle brackets");
  }
  FO_TRY(skip_display_name(text));
  if (text.peek() != '<') return fail(ErrorKind::protocol, "an address is missing");
  text.take('<');
  const auto inner = text.until("<>\"");
  FO_TRY(check_uri(inner));
  if (text.peek() != '>') return fail(ErrorKind::protocol, "an address is not closed by '>'");
  text.take('>');
  return read_sip_parameters(text);
}

std::optional<std::uint32_t> read_sip_number(std::string_view digits, std::uint32_t largest) noexcept {
  const auto value = whole_number<std::uint32_t>(digits);
  return value && *value <= largest ? value : std::nullopt;
}

bool is_sip_token(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

}  // namespace failover
