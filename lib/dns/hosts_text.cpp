#include "dns/hosts_text.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/ascii.hpp"

namespace failover {

namespace {

constexpr std::string_view blanks = " \t\r\f\v";
constexpr std::size_t max_addresses = 64;

/// Cuts the next word off the front.
std::string_view cut_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(blanks)));
  const auto word = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(word.size());
  return word;
}

/// One line, with its end if it has one, and what it means to us.
struct Line {
  std::string_view whole;
  std::string_view address;       ///< of a line that names the service
  std::optional<EpochMark> mark;  ///< of a comment that holds it
};

/// "# EPOCH_RECORD MARK".
Result<std::optional<EpochMark>> mark_in(std::string_view content, std::string_view epoch_record) {
  if (epoch_record.empty() || !content.starts_with('#')) return std::nullopt;
  content.remove_prefix(1);
  if (!equal_ignoring_case(cut_word(content), epoch_record)) return std::nullopt;
  content.remove_prefix(std::min(content.size(), content.find_first_not_of(blanks)));
  while (!content.empty() && blanks.contains(content.back())) content.remove_suffix(1);
  return std::optional<EpochMark>(FO_TRY(parse_epoch_mark(content)));
}

Result<Line> read_line(std::string_view whole, const HostsNames& names) {
  Line line{whole, {}, std::nullopt};
  auto content = whole.substr(0, whole.find('\n'));
  line.mark = FO_TRY(mark_in(content, names.epoch_record));
  content = content.substr(0, content.find('#'));
  const auto address = cut_word(content);
  bool ours = false;
  std::string_view other;
  for (auto word = cut_word(content); !word.empty(); word = cut_word(content)) {
    if (equal_ignoring_case(word, names.service)) {
      ours = true;
    } else {
      other = word;
    }
  }
  if (!ours) return line;
  if (!other.empty()) {
    return fail(ErrorKind::config, fmt::format("the line '{} ..' names {} and {}; give {} a line of its own", address,
                                               names.service, other, names.service));
  }
  line.address = address;
  return line;
}

Result<std::vector<Line>> lines_of(std::string_view text, const HostsNames& names) {
  std::vector<Line> lines;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto whole = text.substr(0, end == std::string_view::npos ? end : end + 1);
    auto line = read_line(whole, names);
    ++number;
    if (!line) return fail(ErrorKind::config, fmt::format("line {}: {}", number, line.error().message));
    lines.push_back(*line);
    text.remove_prefix(whole.size());
  }
  return lines;
}

/// As the first line has it.
std::string_view line_end_of(std::string_view text) {
  const auto first = text.substr(0, text.find('\n'));
  return first.ends_with('\r') ? "\r\n" : "\n";
}

/// Our lines, in order, as they shall be: each keeps what stood behind the address of an old one.
std::string written(const std::vector<Line>& old, const HostsNames& names, const ServiceRecord& to,
                    std::string_view line_end) {
  std::string text;
  if (to.mark) text += fmt::format("# {} {}{}", names.epoch_record, to_txt(*to.mark), line_end);
  for (std::size_t i = 0; i < to.addresses.size(); ++i) {
    if (old.empty()) {
      text += fmt::format("{}\t{}{}", to.addresses[i], names.service, line_end);
      continue;
    }
    const auto& like = old[std::min(i, old.size() - 1)];
    const auto at = static_cast<std::size_t>(like.address.data() - like.whole.data());
    text += like.whole.substr(0, at);
    text += to.addresses[i];
    text += like.whole.substr(at + like.address.size());
    if (!text.ends_with('\n')) text += line_end;
  }
  return text;
}

}  // namespace

Result<ServiceRecord> service_in_hosts(std::string_view text, const HostsNames& names) {
  ServiceRecord service;
  for (const auto& line : FO_TRY(lines_of(text, names))) {
    if (!line.address.empty()) service.addresses.emplace_back(line.address);
    if (!line.mark) continue;
    if (service.mark) return fail(ErrorKind::config, "it has two epoch marks of " + names.epoch_record);
    service.mark = line.mark;
  }
  if (service.addresses.size() > max_addresses) {
    return fail(ErrorKind::config, fmt::format("it has more than {} addresses of {}", max_addresses, names.service));
  }
  auto addresses = canonical_addresses(service.addresses);
  if (!addresses) return fail(ErrorKind::config, addresses.error().message);
  service.addresses = std::move(*addresses);
  return service;
}

Result<std::string> hosts_with(std::string_view text, const HostsNames& names, const ServiceRecord& to) {
  const auto lines = FO_TRY(lines_of(text, names));
  std::vector<Line> old;
  std::ranges::copy_if(lines, std::back_inserter(old), [](const Line& line) { return !line.address.empty(); });
  const auto line_end = line_end_of(text);
  const auto ours = written(old, names, to, line_end);
  std::string result;
  bool placed = false;
  for (const auto& line : lines) {
    if (line.address.empty() && !line.mark) {
      result += line.whole;
      continue;
    }
    // A mark that stands apart from the addresses does not say where they belong.
    if (placed || (line.address.empty() && !old.empty())) continue;
    result += ours;
    placed = true;
  }
  if (placed) return result;
  if (!result.empty() && !result.ends_with('\n')) result += result.ends_with('\r') ? "\n" : line_end;
  return result + ours;
}

}  // namespace failover
