#include "inspect/asterisk_conf.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>

#include "core/ascii.hpp"

namespace failover {

namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t most_templates = 16;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Up to a comment: a semicolon that no backslash stands before.
std::string_view without_comment(std::string_view text) {
  for (std::size_t at = text.find(';'); at != std::string_view::npos; at = text.find(';', at + 1)) {
    if (at == 0 || text[at - 1] != '\\') return text.substr(0, at);
  }
  return text;
}

}  // namespace

AsteriskConf::AsteriskConf(AsteriskLines lines) : lines_(std::move(lines)) {}

Result<void> AsteriskConf::feed(std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto piece = text.substr(0, end);
    too_long_ = too_long_ || part_.size() + piece.size() > longest_line;
    if (!too_long_) part_.append(piece);
    if (end == std::string_view::npos) return {};
    if (!too_long_) line(part_);
    part_.clear();
    too_long_ = false;
    text.remove_prefix(end + 1);
  }
  return {};
}

Result<void> AsteriskConf::end() {
  if (!too_long_) line(part_);
  part_.clear();
  return {};
}

void AsteriskConf::line(std::string_view text) {
  if (in_comment_) {
    const auto end = text.find("--;");
    if (end == std::string_view::npos) return;
    in_comment_ = false;
    text.remove_prefix(end + 3);
  }
  const auto start = text.find(";--");
  if (start != std::string_view::npos && !text.substr(start).starts_with(";---")) {
    in_comment_ = text.find("--;", start + 3) == std::string_view::npos;
    text = text.substr(0, start);
  }
  text = trimmed(without_comment(text));
  if (text.empty() || text.front() == '#') return;
  if (text.front() == '[') return header(text);
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return;
  auto value = text.substr(equals + 1);
  if (value.starts_with('>')) value.remove_prefix(1);
  lines_.setting(ascii_lower(trimmed(text.substr(0, equals))), trimmed(value));
}

void AsteriskConf::header(std::string_view text) {
  const auto close = text.find(']');
  if (close == std::string_view::npos) return;
  const auto name = trimmed(text.substr(1, close - 1));
  auto rest = trimmed(text.substr(close + 1));
  bool is_template = false;
  std::vector<std::string> templates;
  if (rest.starts_with('(')) {
    rest = rest.substr(1, rest.find(')') - 1);
    while (!rest.empty() && templates.size() < most_templates) {
      const auto comma = rest.find(',');
      const auto word = trimmed(rest.substr(0, comma));
      if (word == "!")
        is_template = true;
      else if (!word.empty())
        templates.emplace_back(word);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }
  lines_.section(name, is_template, templates);
}

}  // namespace failover
