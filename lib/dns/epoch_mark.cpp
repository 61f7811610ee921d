#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/whole_number.hpp"

namespace failover {

namespace {

/// Cuts "KEY=VALUE" off the front, with the blank that follows unless it is the last.
bool cut_field(std::string_view& rest, std::string_view key, std::string_view& value) {
  if (!rest.starts_with(key) || !rest.substr(key.size()).starts_with('=')) return false;
  rest.remove_prefix(key.size() + 1);
  const auto end = rest.find(' ');
  value = rest.substr(0, end);
  const bool last = end == std::string_view::npos;
  rest.remove_prefix(last ? rest.size() : end + 1);
  return !value.empty() && (last || !rest.empty());
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

/// "KEY=VALUE KEY=VALUE", each behind one blank.
bool is_record(std::string_view text) {
  while (true) {
    const auto end = text.find(' ');
    const auto field = text.substr(0, end);
    const auto sign = field.find('=');
    if (sign == 0 || sign == std::string_view::npos || sign + 1 == field.size() || !is_printable(field)) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool parse_epoch(std::string_view text, std::uint64_t& epoch) {
  // One spelling only: what was read is later demanded as a prerequisite, byte for byte.
  if (text.size() > 1 && text.front() == '0') return false;
  const auto number = whole_number<std::uint64_t>(text);
  epoch = number.value_or(0);
  return number.has_value();
}

}  // namespace

std::string to_txt(const EpochMark& mark) {
  return fmt::format("epoch={} node={} time={}{}{}", mark.epoch, mark.node, mark.time, mark.record.empty() ? "" : " ",
                     mark.record);
}

Result<EpochMark> parse_epoch_mark(std::string_view txt) {
  EpochMark mark;
  std::string_view rest = txt;
  std::string_view epoch;
  std::string_view node;
  std::string_view time;
  if (!cut_field(rest, "epoch", epoch) || !cut_field(rest, "node", node) || !cut_field(rest, "time", time) ||
      !parse_epoch(epoch, mark.epoch) || !is_printable(node) || !parse_rfc3339(time) ||
      !(rest.empty() || is_record(rest))) {
    return fail(ErrorKind::protocol,
                fmt::format("'{}' is not an epoch mark like 'epoch=3 node=a time=2026-11-23T06:07:00Z'", txt));
  }
  mark.node = node;
  mark.time = time;
  mark.record = rest;
  return mark;
}

std::string_view to_string(Swap swap) noexcept {
  return swap == Swap::atomic ? "atomic" : "checked";
}

bool same_content(const ServiceRecord& a, const ServiceRecord& b) noexcept {
  return a.mark == b.mark && std::ranges::is_permutation(a.addresses, b.addresses) &&
         std::ranges::is_permutation(a.targets, b.targets);
}

}  // namespace failover
