#include "arbiter/dns_claim.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "arbiter/claim_record.hpp"
#include "core/clock.hpp"
#include "core/whole_number.hpp"

namespace failover {

namespace {

constexpr std::size_t longest_txt = 255;
/// How far ahead another host's clock may be.
constexpr std::chrono::minutes clock_tolerance{5};

std::unexpected<Error> odd(std::string_view what) {
  return fail(ErrorKind::protocol, fmt::format("the arbiter's record in DNS is not understood: {}", what));
}

/// The value of the field at the front, which is cut off; none if another one is there.
std::optional<std::string_view> cut(std::string_view& rest, std::string_view key) {
  if (!rest.starts_with(key) || !rest.substr(key.size()).starts_with('=')) return std::nullopt;
  const auto field = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(field.size() + 1, rest.size()));
  return field.substr(key.size() + 1);
}

Result<std::set<std::string>> nodes_in(std::string_view list) {
  std::set<std::string> nodes;
  while (true) {
    const auto comma = list.find(',');
    const auto name = list.substr(0, comma);
    if (!is_record_name(name)) return odd("'maybe' holds what is no name");
    nodes.emplace(name);
    if (comma == std::string_view::npos) return nodes;
    list.remove_prefix(comma + 1);
  }
}

Result<void> read_active(ClaimRecord& record, std::string_view text) {
  const auto sign = text.find('@');
  if (sign == std::string_view::npos || !is_record_name(text.substr(0, sign))) return odd("'active' is no NODE@EPOCH");
  record.active_epoch = whole_number<std::uint64_t>(text.substr(sign + 1)).value_or(0);
  if (record.active_epoch == 0) return odd("'active' has no epoch");
  if (record.active_epoch > record.epoch) return odd("what is active is newer than the record");
  record.active = text.substr(0, sign);
  return {};
}

std::string record_text(const DnsClaim& claim) {
  const auto& record = claim.record;
  auto text = fmt::format("claim={} joined={}", record.claim, record.joined ? "yes" : "no");
  if (!record.maybe.empty()) text += fmt::format(" maybe={}", fmt::join(record.maybe, ","));
  if (!record.active.empty()) text += fmt::format(" active={}@{}", record.active, record.active_epoch);
  if (claim.until) text += " until=" + rfc3339(*claim.until);
  return text;
}

EpochMark written(const DnsClaim& claim) {
  return {claim.record.epoch, claim.record.claimant, claim.time, record_text(claim)};
}

}  // namespace

Result<EpochMark> mark_of(const DnsClaim& claim) {
  auto mark = written(claim);
  if (const auto size = to_txt(mark).size(); size > longest_txt) {
    return fail(ErrorKind::refused,
                fmt::format("the arbiter's record would be {} bytes long, and a TXT record holds {}: "
                            "give the nodes shorter names",
                            size, longest_txt));
  }
  return mark;
}

Result<DnsClaim> claim_in(const EpochMark& mark) {
  if (mark.record.empty()) return fail(ErrorKind::not_found, "the epoch mark in DNS holds no arbiter's record");
  DnsClaim claim;
  auto& record = claim.record;
  record.epoch = mark.epoch;
  record.claimant = mark.node;
  claim.time = mark.time;
  std::string_view rest = mark.record;
  const auto id = cut(rest, "claim");
  if (!id || !is_record_name(*id) || !is_record_name(mark.node) || mark.epoch == 0) return odd("it names no claim");
  record.claim = *id;
  record.joined = cut(rest, "joined") == "yes";
  if (const auto maybe = cut(rest, "maybe")) record.maybe = FO_TRY(nodes_in(*maybe));
  if (const auto active = cut(rest, "active")) FO_TRY(read_active(record, *active));
  if (const auto until = cut(rest, "until")) {
    const auto time = parse_rfc3339(*until);
    if (!time) return odd("'until' is no time");
    claim.until = *time;
  }
  // Fields that are missing, unknown, double or in another order: a newer version may mean something by them.
  if (written(claim) != mark) return odd(fmt::format("'{}'", mark.record));
  return claim;
}

bool may_be_at_work(const DnsClaim& claim, WallTime now) {
  if (!claim.until || now >= *claim.until) return false;
  const auto since = parse_rfc3339(claim.time);
  return since && now >= *since - clock_tolerance;
}

}  // namespace failover
