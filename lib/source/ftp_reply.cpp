#include "source/ftp_reply.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "core/whole_number.hpp"

namespace failover {

namespace {

constexpr std::size_t longest_reply = std::size_t{256} * 1024;
constexpr std::size_t longest_told = 200;

bool is_digit(char letter) noexcept {
  return letter >= '0' && letter <= '9';
}

std::optional<int> code_of(std::string_view line) {
  const auto code = whole_number<int>(line.substr(0, 3));
  if (line.size() < 3 || !code || *code < 100 || *code > 599) return {};
  return code;
}

bool says(const std::string& text, std::string_view words) {
  const auto same = [](char a, char b) { return ascii_lower(a) == b; };
  return std::ranges::search(text, words, same).begin() != text.end();
}

ErrorKind kind_of(const FtpReply& reply) {
  const auto& text = reply.text();
  constexpr std::array denied{"denied", "not permitted", "not allowed", "forbidden", "no permission"};
  const bool is_denied = std::ranges::any_of(denied, [&](const char* words) { return says(text, words); });
  switch (reply.code) {
    case 430:
    case 530:
    case 532:
      return says(text, "too many") || says(text, "maximum") ? ErrorKind::unreachable : ErrorKind::permission;
    case 431:
    case 534:
    case 536:
      return ErrorKind::refused;
    case 450:
      return says(text, "no such") || says(text, "not found") ? ErrorKind::not_found : ErrorKind::unreachable;
    case 550:
    case 553:
      return is_denied ? ErrorKind::permission : ErrorKind::not_found;
    default:
      return reply.code >= 400 && reply.code < 500 ? ErrorKind::unreachable : ErrorKind::protocol;
  }
}

}  // namespace

Result<std::optional<FtpReply>> take_ftp_reply(std::string& input) {
  FtpReply reply;
  std::size_t begin = 0;
  for (auto end = input.find('\n'); end != std::string::npos; end = input.find('\n', begin)) {
    std::string_view line(input.data() + begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin = end + 1;
    const auto code = code_of(line);
    const char mark = line.size() > 3 ? line[3] : ' ';
    if (reply.lines.empty()) {
      if (!code || (mark != ' ' && mark != '-')) {
        return fail(ErrorKind::protocol, "the server does not speak FTP: no line of it begins with a code");
      }
      reply.code = *code;
    }
    const bool has_code = code == reply.code && (mark == ' ' || mark == '-');
    const bool last = has_code && mark == ' ';
    reply.lines.emplace_back(has_code ? line.substr(std::min<std::size_t>(4, line.size())) : line);
    if (begin > longest_reply) break;
    if (!last) continue;
    input.erase(0, begin);
    return std::optional(std::move(reply));
  }
  if (input.size() > longest_reply) return fail(ErrorKind::protocol, "the server's reply does not end");
  return std::optional<FtpReply>();
}

Error ftp_error(const FtpReply& reply, std::string_view work) {
  return {kind_of(reply), fmt::format("{}: the server says {} {}", work, reply.code,
                                      std::string_view(reply.text()).substr(0, longest_told))};
}

std::optional<std::uint16_t> ftp_extended_port(std::string_view text) {
  // "Entering Extended Passive Mode (|||6446|)"; any delimiter will do.
  const auto open = text.find('(');
  if (open == std::string_view::npos || text.size() < open + 6) return {};
  auto rest = text.substr(open + 1);
  const auto mark = rest.front();
  if (is_digit(mark) || rest[1] != mark || rest[2] != mark) return {};
  rest.remove_prefix(3);
  const auto close = rest.find(mark);
  if (close == std::string_view::npos || !rest.substr(close + 1).starts_with(')')) return {};
  const auto port = whole_number<std::uint16_t>(rest.substr(0, close));
  return port && *port != 0 ? port : std::nullopt;
}

std::optional<std::uint16_t> ftp_passive_port(std::string_view text) {
  // "Entering Passive Mode (h1,h2,h3,h4,p1,p2)"; some leave out the brackets.
  const auto begin = std::ranges::find_if(text, is_digit);
  std::string_view rest(begin, text.end());
  std::array<std::uint8_t, 6> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto length = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_digit) - rest.begin());
    const auto value = whole_number<std::uint8_t>(rest.substr(0, length));
    if (!value) return {};
    numbers.at(i) = *value;
    rest.remove_prefix(length);
    if (i + 1 == numbers.size()) break;
    if (!rest.starts_with(',')) return {};
    rest.remove_prefix(1);
  }
  const auto port = static_cast<std::uint16_t>(numbers[4] * 256 + numbers[5]);
  return port != 0 ? std::optional(port) : std::nullopt;
}

std::optional<WallTime> ftp_time(std::string_view text) {
  constexpr std::size_t digits = 14;
  if (text.size() < digits || !std::ranges::all_of(text.substr(0, digits), is_digit)) return {};
  if (text.size() > digits &&
      (text[digits] != '.' || text.size() == digits + 1 || !std::ranges::all_of(text.substr(digits + 1), is_digit))) {
    return {};
  }
  const auto part = [&](std::size_t begin, std::size_t length) {
    return static_cast<int>(whole_number<unsigned>(text.substr(begin, length)).value_or(0));
  };
  using namespace std::chrono;
  const year_month_day day(year(part(0, 4)), month(static_cast<unsigned>(part(4, 2))),
                           std::chrono::day(static_cast<unsigned>(part(6, 2))));
  const int hour = part(8, 2);
  const int minute = part(10, 2);
  const int second = part(12, 2);
  // A leap second is 60; later years overflow the clock.
  if (!day.ok() || day.year() > year(2200) || day.year() < year(1700) || hour > 23 || minute > 59 || second > 60)
    return {};
  return WallTime(sys_days(day) + hours(hour) + minutes(minute) + seconds(second));
}

std::optional<std::uint64_t> ftp_size(std::string_view text) {
  return whole_number<std::uint64_t>(text);
}

std::optional<std::string> ftp_quoted_path(std::string_view text) {
  const auto open = text.find('"');
  if (open == std::string_view::npos) return {};
  std::string path;
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] != '"') {
      path += text[i];
    } else if (text.substr(i + 1).starts_with('"')) {
      path += text[i++];
    } else {
      return path.empty() ? std::nullopt : std::optional(std::move(path));
    }
  }
  return {};
}

}  // namespace failover
