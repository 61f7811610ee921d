#include "probe/sip_message.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "probe/sip_text.hpp"

namespace failover {

namespace {

struct Header {
  std::string name;   ///< lower case, long form
  std::string value;  ///< unfolded, without blanks at both ends
};

struct RawMessage {
  std::string_view start_line;
  std::vector<Header> headers;
  std::string_view body;
};

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// RFC 3261 section 7.3.3: the compact forms of what we look at.
std::string long_name(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> forms{{{"v", "via"},
                                                                                {"i", "call-id"},
                                                                                {"f", "from"},
                                                                                {"t", "to"},
                                                                                {"l", "content-length"},
                                                                                {"m", "contact"},
                                                                                {"c", "content-type"}}};
  auto lower = ascii_lower(name);
  for (const auto& [compact, full] : forms) {
    if (lower == compact) return std::string(full);
  }
  return lower;
}

/// Other control characters, NUL too, may stand escaped in a quoted string (RFC 4475 section 3.1.1.2).
bool is_bare_line_end(char c) noexcept {
  return c == '\r' || c == '\n';
}

Result<Header> split_header(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return fail(ErrorKind::protocol, "a header line has no colon");
  const auto name = trimmed(line.substr(0, colon));
  if (!is_sip_token(name)) return fail(ErrorKind::protocol, "a header name is malformed");
  return Header{long_name(name), std::string(trimmed(line.substr(colon + 1)))};
}

/// Appends a line that continues the header before it (RFC 3261 section 7.3.1).
Result<void> unfold(std::vector<Header>& headers, std::string_view line) {
  if (headers.empty()) return fail(ErrorKind::protocol, "the first header begins with a blank");
  auto& value = headers.back().value;
  if (value.size() + line.size() > SipLimits::header_bytes) return fail(ErrorKind::protocol, "a header is too long");
  value += ' ';
  value += trimmed(line);
  return {};
}

Result<RawMessage> split_message(std::string_view text) {
  if (text.size() > SipLimits::message) return fail(ErrorKind::protocol, "the message is too long");
  RawMessage raw;
  bool first = true;
  while (true) {
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos) return fail(ErrorKind::protocol, "the message ends within its headers");
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line.size() > SipLimits::header_bytes) return fail(ErrorKind::protocol, "a line is too long");
    if (std::ranges::any_of(line, is_bare_line_end)) {
      return fail(ErrorKind::protocol, "a line holds a bare line end");
    }
    if (std::exchange(first, false)) {
      raw.start_line = line;
    } else if (line.empty()) {
      raw.body = text;
      return raw;
    } else if (line.front() == ' ' || line.front() == '\t') {
      FO_TRY(unfold(raw.headers, line));
    } else if (raw.headers.size() >= SipLimits::headers) {
      return fail(ErrorKind::protocol, "the message has too many headers");
    } else {
      raw.headers.push_back(FO_TRY(split_header(line)));
    }
  }
}

std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, 100)) result += c >= 0x20 && c < 0x7f ? c : '?';
  return result;
}

Result<void> read_status_line(std::string_view line, SipMessage& message) {
  // "SIP/2.0 200 OK": single blanks, three digits; the reason may be empty.
  if (line.size() < 12 || line[7] != ' ' || line[11] != ' ') {
    return fail(ErrorKind::protocol, "the status line is malformed");
  }
  const auto status = read_sip_number(line.substr(8, 3), 699);
  if (!status || *status < 100) return fail(ErrorKind::protocol, "the status code is not one of 100 to 699");
  message.status = static_cast<int>(*status);
  message.reason = printable(line.substr(12));
  return {};
}

/// What of a SIP URI follows the user, if there is one: host, port, parameters, headers.
std::string_view after_user(std::string_view uri) noexcept {
  const auto at = uri.rfind('@');
  return uri.substr((at == std::string_view::npos ? uri.find(':') : at) + 1);
}

/// RFC 5118 section 4.1: an IPv6 address in a URI stands in brackets.
bool has_bare_ipv6(std::string_view uri) noexcept {
  auto host = after_user(uri);
  host = host.substr(0, host.find_first_of(";?"));
  return !host.starts_with('[') && std::ranges::count(host, ':') > 1;
}

Result<void> read_request_line(std::string_view line, SipMessage& message) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return fail(ErrorKind::protocol, "it begins neither as a response nor as a request");
  }
  const auto method = line.substr(0, first);
  const auto uri = line.substr(first + 1, last - first - 1);
  if (!is_sip_token(method)) return fail(ErrorKind::protocol, "the method is malformed");
  if (ascii_lower(line.substr(last + 1)) != "sip/2.0") return fail(ErrorKind::protocol, "the version is not SIP/2.0");
  if (uri.empty() || uri.find_first_of(" \t<>\"") != std::string_view::npos || !uri.contains(':')) {
    return fail(ErrorKind::protocol, "the request URI is malformed");
  }
  // RFC 3261 section 19.1.1: no headers in a SIP URI on the request line.
  const bool sip = ascii_lower(uri).starts_with("sip:") || ascii_lower(uri).starts_with("sips:");
  if (sip && after_user(uri).contains('?')) return fail(ErrorKind::protocol, "the request URI carries headers");
  if (sip && has_bare_ipv6(uri))
    return fail(ErrorKind::protocol, "the request URI has an IPv6 address without brackets");
  message.method = std::string(method);
  message.request_uri = std::string(uri);
  return {};
}

Result<SipVia> read_via(SipText& text) {
  SipVia via;
  const auto protocol = text.token();
  const bool slash = text.take('/');
  const auto version = text.token();
  if (!slash || ascii_lower(protocol) != "sip" || version != "2.0" || !text.take('/')) {
    return fail(ErrorKind::protocol, "a Via does not begin with SIP/2.0/");
  }
  for (const char c : text.token()) via.transport += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  text.skip_blanks();
  via.sent_by = std::string(text.until(";,"));
  if (via.transport.empty() || via.sent_by.empty()) return fail(ErrorKind::protocol, "a Via lacks its sender");
  if (text.take(':')) via.sent_by += ":" + std::string(text.until(";,"));
  const auto parameters = FO_TRY(read_sip_parameters(text));
  via.branch = sip_parameter(parameters, "branch");
  return via;
}

Result<void> read_vias(std::string_view value, SipMessage& message) {
  SipText text(value);
  do {
    if (message.vias.size() >= SipLimits::values) return fail(ErrorKind::protocol, "there are too many Vias");
    message.vias.push_back(FO_TRY(read_via(text)));
  } while (text.take(','));
  if (!text.at_end()) return fail(ErrorKind::protocol, "a Via is malformed");
  return {};
}

Result<void> read_cseq(std::string_view value, SipMessage& message) {
  const auto blank = value.find_first_of(" \t");
  // RFC 3261 section 8.1.1.5: less than 2**31.
  const auto number = read_sip_number(value.substr(0, blank), 0x7fffffffU);
  const auto method = blank == std::string_view::npos ? std::string_view{} : trimmed(value.substr(blank));
  if (!number || !is_sip_token(method)) return fail(ErrorKind::protocol, "the CSeq is malformed");
  message.cseq = *number;
  message.cseq_method = std::string(method);
  return {};
}

Result<std::string> read_party(std::string_view value) {
  SipText text(value);
  const auto parameters = FO_TRY(read_sip_address(text));
  if (!text.at_end()) return fail(ErrorKind::protocol, "an address is followed by something else");
  return sip_parameter(parameters, "tag");
}

Result<void> check_contacts(std::string_view value) {
  if (value == "*") return {};
  SipText text(value);
  std::size_t count = 0;
  do {
    if (++count > SipLimits::values) return fail(ErrorKind::protocol, "there are too many contacts");
    FO_TRY(read_sip_address(text));
  } while (text.take(','));
  if (!text.at_end()) return fail(ErrorKind::protocol, "a Contact is malformed");
  return {};
}

Result<void> check_content_length(std::string_view value, std::string_view body) {
  const auto length = read_sip_number(value, SipLimits::message);
  if (!length) return fail(ErrorKind::protocol, "the Content-Length is malformed");
  // More than that is padding (RFC 3261 section 18.3).
  if (*length > body.size()) return fail(ErrorKind::protocol, "the body is shorter than its Content-Length");
  return {};
}

/// Headers that say nothing about whose answer it is. In a response their flaws are not held against a PBX that
/// answered; in a request they are flagged as RFC 4475 wants.
Result<void> check_request_header(const Header& header) {
  if (header.name == "contact") return check_contacts(header.value);
  if (header.name == "max-forwards" && !read_sip_number(header.value, 255)) {
    return fail(ErrorKind::protocol, "the Max-Forwards is not one of 0 to 255");
  }
  if (header.name == "date" && !header.value.ends_with(" GMT")) {
    return fail(ErrorKind::protocol, "the Date is not in GMT");
  }
  return {};
}

Result<void> read_header(const Header& header, std::string_view body, SipMessage& message) {
  if (header.name == "via") return read_vias(header.value, message);
  if (header.name == "cseq") return read_cseq(header.value, message);
  if (header.name == "content-length") return check_content_length(header.value, body);
  if (message.status == 0) FO_TRY(check_request_header(header));
  if (header.name == "from") message.from_tag = FO_TRY(read_party(header.value));
  if (header.name == "to") message.to_tag = FO_TRY(read_party(header.value));
  if (header.name == "call-id") message.call_id = header.value;
  return {};
}

Result<void> check_mandatory(const std::vector<Header>& headers) {
  for (const std::string_view name : {"to", "from", "call-id", "cseq"}) {
    const auto count = std::ranges::count(headers, name, &Header::name);
    if (count != 1) return fail(ErrorKind::protocol, fmt::format("it has {} headers '{}' instead of one", count, name));
  }
  if (std::ranges::count(headers, "content-length", &Header::name) > 1) {
    return fail(ErrorKind::protocol, "it has more than one Content-Length");
  }
  return {};
}

}  // namespace

Result<SipMessage> parse_sip_message(std::string_view datagram) {
  const auto raw = FO_TRY(split_message(datagram));
  SipMessage message;
  if (ascii_lower(raw.start_line.substr(0, 7)) == "sip/2.0") {
    FO_TRY(read_status_line(raw.start_line, message));
  } else {
    FO_TRY(read_request_line(raw.start_line, message));
  }
  FO_TRY(check_mandatory(raw.headers));
  for (const auto& header : raw.headers) FO_TRY(read_header(header, raw.body, message));
  if (message.vias.empty()) return fail(ErrorKind::protocol, "it has no Via");
  if (message.call_id.empty()) return fail(ErrorKind::protocol, "its Call-ID is empty");
  if (message.status == 0 && message.cseq_method != message.method) {
    return fail(ErrorKind::protocol, "the method of the CSeq is not that of the request");
  }
  return message;
}

}  // namespace failover
