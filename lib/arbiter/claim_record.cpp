#include "arbiter/claim_record.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/arbiter.hpp>
#include <failover/error.hpp>

#include "core/ascii.hpp"

namespace failover {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t format = 1;
constexpr std::size_t longest_text = std::size_t{16} * 1024;
constexpr std::size_t longest_name = 64;
constexpr std::size_t most_nodes = 64;

std::unexpected<Error> odd(std::string_view what) {
  return fail(ErrorKind::protocol, fmt::format("the arbiter's record is not understood: {}", what));
}

Result<Json> object_in(std::string_view text) {
  if (text.size() > longest_text) return odd("it is too long");
  auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return odd("it is no JSON object");
  const auto number = json.find("format");
  const auto* const said = number == json.end() ? nullptr : number->get_ptr<const Json::number_unsigned_t*>();
  if (said == nullptr) return odd("it has no format");
  if (*said > format) {
    return fail(ErrorKind::unfinished, "the arbiter's record was written by a newer version; update this host");
  }
  return json;
}

Result<std::string> name_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  const auto* const value = found == object.end() ? nullptr : found->get_ptr<const std::string*>();
  if (value == nullptr || !is_record_name(*value)) return odd(fmt::format("'{}' is missing or no name", key));
  return *value;
}

Result<std::uint64_t> epoch_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  const auto* const value = found == object.end() ? nullptr : found->get_ptr<const Json::number_unsigned_t*>();
  if (value == nullptr || *value == 0) return odd(fmt::format("'{}' is missing or no epoch", key));
  return *value;
}

Result<std::set<std::string>> nodes_in(const Json& object) {
  const auto found = object.find("maybe");
  if (found == object.end() || !found->is_array() || found->size() > most_nodes) return odd("'maybe' is no list");
  std::set<std::string> nodes;
  for (const auto& each : *found) {
    const auto* const name = each.get_ptr<const std::string*>();
    if (name == nullptr || !is_record_name(*name)) return odd("'maybe' holds what is no name");
    if (!nodes.insert(*name).second) return odd("'maybe' names a node twice");
  }
  return nodes;
}

}  // namespace

bool is_record_name(std::string_view text) {
  return consists_of_alphanumerics(text, "-_.") && text.size() <= longest_name;
}

std::string to_text(const ClaimRecord& record) {
  Json json{{"format", format},      {"epoch", record.epoch},   {"claimant", record.claimant},
            {"claim", record.claim}, {"joined", record.joined}, {"maybe", record.maybe}};
  if (!record.active.empty()) json["active"] = {{"node", record.active}, {"epoch", record.active_epoch}};
  return json.dump();
}

Result<ClaimRecord> parse_claim_record(std::string_view text) {
  const auto json = FO_TRY(object_in(text));
  ClaimRecord record;
  record.epoch = FO_TRY(epoch_in(json, "epoch"));
  record.claimant = FO_TRY(name_in(json, "claimant"));
  record.claim = FO_TRY(name_in(json, "claim"));
  const auto joined = json.find("joined");
  if (joined == json.end() || !joined->is_boolean()) return odd("'joined' is missing");
  record.joined = joined->get<bool>();
  record.maybe = FO_TRY(nodes_in(json));
  const auto active = json.find("active");
  if (active == json.end()) return record;
  if (!active->is_object()) return odd("'active' is no object");
  record.active = FO_TRY(name_in(*active, "node"));
  record.active_epoch = FO_TRY(epoch_in(*active, "epoch"));
  if (record.active_epoch > record.epoch) return odd("what is active is newer than the record");
  return record;
}

ClaimRecord adopted_by(const std::string& node, std::uint64_t epoch, std::string claim) {
  return {.epoch = epoch,
          .claimant = node,
          .claim = std::move(claim),
          .joined = true,
          .maybe = {node},
          .active = node,
          .active_epoch = epoch};
}

Result<ClaimRecord> claimed_by(const ClaimRecord& record, const ClaimRequest& request, std::string claim) {
  if (record.epoch < request.epoch_floor) {
    return fail(
        ErrorKind::refused,
        fmt::format("the arbiter knows epoch {}, but DNS or the journal knows {}: it was wiped or restored from "
                    "an old copy; on the host that serves, type: fo-promote adopt",
                    record.epoch, request.epoch_floor));
  }
  if (record.epoch == std::numeric_limits<std::uint64_t>::max()) {
    return fail(ErrorKind::refused, "no epoch is left above the arbiter's");
  }
  auto next = record;
  next.epoch = record.epoch + 1;
  next.claimant = request.node;
  next.claim = std::move(claim);
  next.joined = next.maybe.insert(request.node).second;
  return next;
}

ClaimRecord without(ClaimRecord record, const std::string& node) {
  record.maybe.erase(node);
  return record;
}

Result<ClaimRecord> committed_by_claimant(ClaimRecord record) {
  if (record.maybe != std::set{record.claimant}) {
    return fail(ErrorKind::refused, "not every other node is confirmed off, so nothing may start here");
  }
  record.active = record.claimant;
  record.active_epoch = record.epoch;
  return record;
}

ClaimRecord withdrawn(ClaimRecord record) {
  if (record.joined) record.maybe.erase(record.claimant);
  record.joined = false;
  return record;
}

ClaimRecord left_by(ClaimRecord record, const std::string& node) {
  record.maybe.erase(node);
  if (record.active != node) return record;
  record.active.clear();
  record.active_epoch = 0;
  return record;
}

Result<ClaimRecord> handed_over(const ClaimRecord& record, const std::string& from, const std::string& to,
                                std::uint64_t floor, std::string claim) {
  if (record.claimant != from && record.active != from) {
    return fail(ErrorKind::conflict, fmt::format("epoch {} is of {}, and {} is active", record.epoch, record.claimant,
                                                 record.active.empty() ? "nobody" : record.active));
  }
  for (const auto& each : record.maybe) {
    if (each == from || each == to) continue;
    return fail(ErrorKind::refused, fmt::format("{} may be serving, too; it must be proven off first", each));
  }
  const auto known = std::max(record.epoch, floor);
  if (known == std::numeric_limits<std::uint64_t>::max()) return fail(ErrorKind::refused, "no epoch is left");
  return adopted_by(to, known + 1, std::move(claim));
}

std::vector<std::string> others_to_fence(const ClaimRecord& record, const ClaimRequest& request) {
  std::vector<std::string> others;
  for (const auto& node : record.maybe) {
    if (node != request.node) others.push_back(node);
  }
  return others.empty() ? request.peers : others;
}

std::string to_text(const ClaimLock& lock) {
  return Json{{"format", format}, {"node", lock.node}, {"claim", lock.claim}}.dump();
}

Result<ClaimLock> parse_claim_lock(std::string_view text) {
  const auto json = FO_TRY(object_in(text));
  return ClaimLock{FO_TRY(name_in(json, "node")), FO_TRY(name_in(json, "claim"))};
}

}  // namespace failover
