#include "source/ftp_listing.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "source/ftp_reply.hpp"

namespace failover {

namespace {

using Kind = FtpEntry::Kind;

constexpr std::size_t longest_told = 120;

bool is_step(std::string_view name) {
  constexpr std::string_view never("\0/\r\n", 4);
  return !name.empty() && name != "." && name != ".." && name.find_first_of(never) == std::string_view::npos;
}

/// The folder itself and its parent lose their names; what is no step is none.
std::optional<FtpEntry> as_step(std::optional<FtpEntry> entry) {
  if (entry && (entry->name == "." || entry->name == "..")) {
    entry->name.clear();
  } else if (entry && !is_step(entry->name)) {
    return {};
  }
  return entry;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Like `pattern`, in which 0 is any digit and everything else itself.
bool looks_like(std::string_view text, std::string_view pattern) {
  return std::ranges::equal(text, pattern, [](char letter, char wanted) {
    return wanted == '0' ? letter >= '0' && letter <= '9' : letter == wanted;
  });
}

/// A word of a line and where in it the word ends.
struct Word {
  std::string_view text;
  std::size_t end = 0;
};

/// The first words; more than any date is away are part of a name.
std::vector<Word> words_of(std::string_view line) {
  constexpr std::size_t most = 12;
  std::vector<Word> words;
  for (std::size_t at = line.find_first_not_of(' '); at != std::string_view::npos && words.size() < most;) {
    const auto end = std::min(line.find(' ', at), line.size());
    words.push_back({line.substr(at, end - at), end});
    at = line.find_first_not_of(' ', end);
  }
  return words;
}

/// Exactly one blank is between the date and the name; more of them belong to the name.
std::string_view name_behind(std::string_view line, std::size_t end) {
  return end < line.size() ? line.substr(end + 1) : std::string_view{};
}

bool is_month(std::string_view text) {
  constexpr std::array months{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
  return std::ranges::find(months, ascii_lower(text)) != months.end();
}

/// Where the date that follows a size ends: "Nov 23 02:00", "Nov 23 2025" or "2026-11-23 02:00".
std::optional<std::size_t> end_of_date(const std::vector<Word>& words, std::size_t size_at) {
  const auto word = [&](std::size_t i) { return size_at + i < words.size() ? words[size_at + i].text : ""; };
  const auto is_time = [](std::string_view text) { return looks_like(text, "00:00") || looks_like(text, "0:00"); };
  if (!all_digits(word(0))) return {};
  if (is_month(word(1)) && all_digits(word(2)) && word(2).size() <= 2 &&
      (is_time(word(3)) || looks_like(word(3), "0000"))) {
    return words[size_at + 3].end;
  }
  if (looks_like(word(1), "0000-00-00") && is_time(word(2))) return words[size_at + 2].end;
  return {};
}

std::optional<Kind> kind_of(char letter) {
  constexpr std::string_view others = "bcps";
  if (letter == '-') return Kind::file;
  if (letter == 'd') return Kind::folder;
  if (letter == 'l') return Kind::link;
  return others.contains(letter) ? std::optional(Kind::other) : std::nullopt;
}

/// "-rw-r--r--   1 owner group  12345 Nov 23 02:00 NAME"; the number of links, the group or both may be missing, and
/// devices have two numbers for a size.
std::optional<FtpEntry> parse_unix(std::string_view line) {
  constexpr std::string_view modes = "rwxsStTlL-";
  const auto words = words_of(line);
  if (words.size() < 5 || line.front() == ' ' || words[0].text.size() < 10 || words[0].text.size() > 11) return {};
  const auto mode = words[0].text;
  if (mode.substr(1, 9).find_first_not_of(modes) != std::string_view::npos) return {};
  if (mode.size() == 11 && std::string_view("+.@").find(mode[10]) == std::string_view::npos) return {};
  const auto kind = kind_of(mode.front());
  if (!kind) return {};
  FtpEntry entry;
  entry.kind = *kind;
  for (std::size_t size_at = 2; size_at < words.size(); ++size_at) {
    const auto end = end_of_date(words, size_at);
    if (!end) continue;
    auto name = name_behind(line, *end);
    if (entry.kind == Kind::link) name = name.substr(0, name.find(" -> "));
    entry.name = name;
    return entry;
  }
  return {};
}

/// "11-23-26  02:00AM       <DIR>          NAME" or with a size instead; the year may have four digits.
std::optional<FtpEntry> parse_dos(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 4 || line.front() == ' ') return {};
  const auto day = words[0].text;
  const auto time = ascii_lower(words[1].text);
  const bool has_day = looks_like(day, "00-00-00") || looks_like(day, "00-00-0000");
  const bool has_time = looks_like(time, "00:00am") || looks_like(time, "00:00pm") || looks_like(time, "00:00");
  if (!has_day || !has_time) return {};
  FtpEntry entry;
  const auto kind = words[2].text;
  if (all_digits(kind)) {
    entry.kind = Kind::file;
    entry.name = name_behind(line, words[2].end);
    return entry;
  }
  if (kind == "<DIR>" || kind == "<JUNCTION>" || kind == "<SYMLINKD>") {
    entry.kind = Kind::folder;
  } else if (kind == "<SYMLINK>") {
    entry.kind = Kind::link;
  } else {
    return {};
  }
  // As wide as a size would be.
  const auto begin = line.find_first_not_of(' ', words[2].end);
  entry.name = line.substr(begin);
  return entry;
}

void take_type(FtpEntry& entry, const std::string& type) {
  const bool is_around = type == "cdir" || type == "pdir";
  if (type == "file") entry.kind = Kind::file;
  if (type == "dir" || is_around) entry.kind = Kind::folder;
  if (is_around) entry.name = ".";
  if (type.starts_with("os.unix=slink") || type.starts_with("os.unix=symlink")) entry.kind = Kind::link;
}

/// False for a value that cannot be one.
bool take_fact(FtpEntry& entry, const std::string& fact, std::string_view value) {
  if (fact == "type") take_type(entry, ascii_lower(value));
  if (fact == "size") entry.size = ftp_size(value);
  if (fact == "modify") entry.modified = ftp_time(value);
  return (fact != "size" || entry.size) && (fact != "modify" || entry.modified);
}

/// Calls take(line) for each line, whose answer is none for a line that cannot be read.
template <typename Take>
Result<std::vector<FtpEntry>> read_lines(std::string_view text, Take take) {
  std::vector<FtpEntry> entries;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    auto entry = take(line);
    if (!entry) {
      return fail(ErrorKind::protocol, fmt::format("the server's listing has a line that cannot be read: '{}'",
                                                   line.substr(0, longest_told)));
    }
    if (!entry->name.empty()) entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace

std::optional<FtpEntry> parse_ftp_facts(std::string_view line) {
  // A leading blank means no facts; a name may begin with blanks of its own.
  const auto gap = line.find(' ');
  if (gap == std::string_view::npos || gap + 1 >= line.size()) return {};
  auto facts = line.substr(0, gap);
  FtpEntry entry;
  entry.name = line.substr(gap + 1);
  bool has_type = false;
  while (!facts.empty()) {
    const auto end = facts.find(';');
    const auto equals = facts.substr(0, end).find('=');
    if (end == std::string_view::npos || equals == std::string_view::npos || equals == 0) return {};
    const auto fact = ascii_lower(facts.substr(0, equals));
    if (!take_fact(entry, fact, facts.substr(equals + 1, end - equals - 1))) return {};
    has_type = has_type || fact == "type";
    facts.remove_prefix(end + 1);
  }
  return has_type ? std::optional(std::move(entry)) : std::nullopt;
}

Result<std::vector<FtpEntry>> parse_ftp_facts_listing(std::string_view text) {
  return read_lines(text,
                    [](std::string_view line) -> std::optional<FtpEntry> { return as_step(parse_ftp_facts(line)); });
}

Result<std::vector<FtpEntry>> parse_ftp_listing(std::string_view text) {
  return read_lines(text, [](std::string_view line) -> std::optional<FtpEntry> {
    if (line.starts_with("total ") && all_digits(line.substr(6))) return FtpEntry{};
    auto entry = parse_unix(line);
    return as_step(entry ? std::move(entry) : parse_dos(line));
  });
}

}  // namespace failover
