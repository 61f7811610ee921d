#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/role.hpp>

#include "core/whole_number.hpp"

namespace failover {

namespace {

struct VerbRow {
  FenceVerb verb;
  std::string_view name;
  bool takes_epoch;
};

constexpr std::array verbs{VerbRow{FenceVerb::status, "status", false}, VerbRow{FenceVerb::fence, "fence", true},
                           VerbRow{FenceVerb::stop, "stop", false}, VerbRow{FenceVerb::mask, "mask", false},
                           VerbRow{FenceVerb::give_back, "give-back", true}};
constexpr std::array<std::string_view, 5> roles{"unset", "standby", "promoting", "active", "fenced"};

/// Digits only, without leading zeros.
bool read_number(std::string_view text, std::uint64_t& number) {
  if (text.size() > 1 && text.front() == '0') return false;
  const auto read = whole_number<std::uint64_t>(text);
  number = read.value_or(0);
  return read.has_value();
}

/// Takes "NAME=VALUE" from the front, up to the next blank or the end.
bool take_word(std::string_view& line, std::string_view name, std::string_view& value) {
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != '=') return false;
  line.remove_prefix(name.size() + 1);
  const auto blank = line.find(' ');
  value = line.substr(0, blank);
  line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
  return !value.empty() && (blank == std::string_view::npos || !line.empty());
}

/// The name of a section, which may be shown to a person.
bool is_name(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c > '~') return false;
  }
  return !text.empty();
}

}  // namespace

Result<FenceRequest> parse_fence_request(std::string_view text) {
  const auto blank = text.find(' ');
  for (const auto& row : verbs) {
    if (text.substr(0, blank) != row.name) continue;
    FenceRequest request{row.verb, 0};
    if (!row.takes_epoch && blank == std::string_view::npos) return request;
    const bool fits = row.takes_epoch && blank != std::string_view::npos &&
                      read_number(text.substr(blank + 1), request.epoch) && request.epoch != 0;
    if (fits) return request;
  }
  return fail(ErrorKind::usage, "only status, fence EPOCH, stop, mask and give-back EPOCH are served here");
}

std::string to_string(const FenceRequest& request) {
  for (const auto& row : verbs) {
    if (row.verb == request.verb) {
      return row.takes_epoch ? fmt::format("{} {}", row.name, request.epoch) : std::string(row.name);
    }
  }
  return {};
}

std::string to_string(const FenceAnswer& answer) {
  return fmt::format("{} node={} role={} epoch={}", answer.state == FenceState::off ? "off" : "on", answer.node,
                     answer.role, answer.epoch);
}

Result<FenceAnswer> parse_fence_answer(std::string_view line) {
  const auto given = line;
  FenceAnswer answer;
  const auto blank = line.find(' ');
  const auto state = line.substr(0, blank);
  answer.state = state == "off" ? FenceState::off : FenceState::on;
  line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
  std::string_view node;
  std::string_view role;
  std::string_view epoch;
  bool known = false;
  const bool whole = (state == "off" || state == "on") && take_word(line, "node", node) &&
                     take_word(line, "role", role) && take_word(line, "epoch", epoch) && line.empty() &&
                     is_name(node) && read_number(epoch, answer.epoch);
  for (const auto each : roles) known = known || each == role;
  if (!whole || !known) {
    constexpr std::size_t longest = 120;
    return fail(ErrorKind::protocol,
                fmt::format("'{}' is no answer of fo-promote serve-fence", given.substr(0, longest)));
  }
  answer.node = node;
  answer.role = role;
  return answer;
}

}  // namespace failover
