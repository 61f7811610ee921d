#include "net/etcd_message.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "net/base64.hpp"

namespace failover {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_quote = 200;
constexpr std::uint64_t last_grpc_code = 16;
/// Beyond every lease of ours. Ages are counted in nanoseconds, and time beyond 292 years would turn over.
constexpr std::int64_t longest_lease_seconds = 10LL * 365 * 24 * 3600;

/// What a peer said, as it may go into a message.
std::string printable(std::string_view text) {
  std::string shown(text.substr(0, longest_quote));
  for (auto& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return shown;
}

std::unexpected<Error> odd(std::string_view what) {
  return fail(ErrorKind::protocol, fmt::format("etcd's answer is not understood: {}", what));
}

Result<Json> parse(std::string_view reply) {
  auto json = Json::parse(reply.begin(), reply.end(), nullptr, false);
  if (json.is_discarded() || !json.is_object()) return odd("it is no JSON object");
  return json;
}

/// A 64-bit number, which the gateway writes as a string; absent = 0.
template <typename Number>
Result<Number> number(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return Number{};
  const auto* const text = found->get_ptr<const std::string*>();
  if (text == nullptr) return odd(fmt::format("{} is no number in a string", name));
  Number value{};
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return odd(fmt::format("{} is no number", name));
  return value;
}

/// Bytes in base64; absent = none.
Result<std::string> bytes(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::string{};
  const auto* const text = found->get_ptr<const std::string*>();
  auto decoded = text == nullptr ? std::nullopt : base64_decode(*text);
  if (!decoded) return odd(fmt::format("{} is not base64", name));
  return std::move(*decoded);
}

/// True or absent.
Result<bool> flag(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return false;
  const auto* const value = found->get_ptr<const Json::boolean_t*>();
  if (value == nullptr) return odd(fmt::format("{} is neither true nor false", name));
  return *value;
}

/// A lease's id; empty when absent.
Result<std::string> lease_id(const Json& object, const char* name) {
  const auto id = FO_TRY(number<std::int64_t>(object, name));
  return id == 0 ? std::string{} : std::to_string(id);
}

Result<const Json*> member(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_object()) return odd(fmt::format("{} is missing", name));
  return &*found;
}

/// In every answer. Without it an answer says nothing, least of all "none".
Result<EtcdHeader> header_of(const Json& reply) {
  const auto* const json = FO_TRY(member(reply, "header"));
  const EtcdHeader header{.revision = FO_TRY(number<std::int64_t>(*json, "revision")),
                          .term = FO_TRY(number<std::uint64_t>(*json, "raft_term"))};
  if (header.revision < 1 || header.term < 1) return odd("its header tells no revision or term");
  return header;
}

Result<EtcdEntry> entry_of(const Json& json) {
  if (!json.is_object()) return odd("an entry is no object");
  EtcdEntry entry{.key = FO_TRY(bytes(json, "key")),
                  .value = FO_TRY(bytes(json, "value")),
                  .create_revision = FO_TRY(number<std::int64_t>(json, "create_revision")),
                  .mod_revision = FO_TRY(number<std::int64_t>(json, "mod_revision")),
                  .lease = FO_TRY(lease_id(json, "lease"))};
  if (entry.key.empty() || entry.create_revision < 1 || entry.mod_revision < entry.create_revision) {
    return odd("an entry has no key or no revision");
  }
  return entry;
}

/// kvs, more and count of a range; the header is the caller's.
Result<EtcdEntries> entries_of(const Json& json) {
  EtcdEntries found{.header = {}, .entries = {}, .more = FO_TRY(flag(json, "more"))};
  const auto count = FO_TRY(number<std::int64_t>(json, "count"));
  if (const auto kvs = json.find("kvs"); kvs != json.end()) {
    if (!kvs->is_array()) return odd("kvs is no list");
    for (const auto& one : *kvs) found.entries.push_back(FO_TRY(entry_of(one)));
  }
  // What was counted and not sent would read as "absent".
  if (count < 0 || (!found.more && static_cast<std::uint64_t>(count) != found.entries.size())) {
    return odd(fmt::format("it counts {} entries and gives {}", count, found.entries.size()));
  }
  return found;
}

Result<EtcdEntries> act_result(const Json& response, const EtcdAct& act) {
  if (!response.is_object()) return odd("a response is no object");
  switch (act.what) {
    case EtcdAct::What::put:
      FO_TRY(member(response, "response_put"));
      return EtcdEntries{};
    case EtcdAct::What::remove:
      FO_TRY(member(response, "response_delete_range"));
      return EtcdEntries{};
    case EtcdAct::What::range:
      break;
  }
  return entries_of(*FO_TRY(member(response, "response_range")));
}

/// What is left of a lease or was granted.
Result<std::chrono::seconds> lease_time(const Json& object, const char* name) {
  const auto seconds = FO_TRY(number<std::int64_t>(object, name));
  if (seconds > longest_lease_seconds) return odd(fmt::format("{} is longer than any lease", name));
  return std::chrono::seconds(seconds);
}

/// TTL and grantedTTL. A lease that is gone has no TTL, or one of -1.
Result<std::optional<EtcdLeaseLife>> life_of(const Json& json, const char* granted) {
  EtcdLeaseLife life{.header = FO_TRY(header_of(json))};
  life.remaining = FO_TRY(lease_time(json, "TTL"));
  life.granted = FO_TRY(lease_time(json, granted));
  if (life.remaining.count() <= 0) return std::nullopt;
  // A server that leads no more gives "for ever"; and what lives was granted.
  if (life.remaining > life.granted) return odd("a lease has more time left than it was granted");
  return life;
}

}  // namespace

Result<EtcdHeader> read_etcd_header(std::string_view reply) {
  return header_of(FO_TRY(parse(reply)));
}

Result<EtcdEntries> read_etcd_range(std::string_view reply) {
  const auto json = FO_TRY(parse(reply));
  const auto header = FO_TRY(header_of(json));
  auto found = FO_TRY(entries_of(json));
  found.header = header;
  return found;
}

Result<EtcdOutcome> read_etcd_outcome(std::string_view reply, const EtcdTransaction& transaction) {
  const auto json = FO_TRY(parse(reply));
  EtcdOutcome outcome{.header = FO_TRY(header_of(json)), .succeeded = FO_TRY(flag(json, "succeeded")), .found = {}};
  const auto& acts = outcome.succeeded ? transaction.success : transaction.failure;
  const auto responses = json.find("responses");
  const std::size_t given = responses == json.end() || !responses->is_array() ? 0 : responses->size();
  if (given != acts.size()) return odd(fmt::format("it answers {} of {} acts", given, acts.size()));
  for (std::size_t i = 0; i < given; ++i) {
    outcome.found.push_back(FO_TRY(act_result((*responses)[i], acts[i])));
    outcome.found.back().header = outcome.header;
  }
  return outcome;
}

Result<EtcdLease> read_etcd_grant(std::string_view reply) {
  const auto json = FO_TRY(parse(reply));
  EtcdLease lease{.header = FO_TRY(header_of(json)),
                  .id = FO_TRY(lease_id(json, "ID")),
                  .lifetime = FO_TRY(lease_time(json, "TTL"))};
  if (lease.id.empty() || lease.lifetime.count() <= 0) return odd("it grants a lease without id or time");
  return lease;
}

Result<std::optional<EtcdLeaseLife>> read_etcd_keepalive(std::string_view reply) {
  const auto json = FO_TRY(parse(reply));
  return life_of(*FO_TRY(member(json, "result")), "TTL");
}

Result<std::optional<EtcdLeaseLife>> read_etcd_lease_life(std::string_view reply) {
  return life_of(FO_TRY(parse(reply)), "grantedTTL");
}

Result<std::string> read_etcd_token(std::string_view reply) {
  const auto json = FO_TRY(parse(reply));
  FO_TRY(header_of(json));
  const auto found = json.find("token");
  const auto* const token = found == json.end() ? nullptr : found->get_ptr<const std::string*>();
  // It goes into a header.
  const auto for_header = [](char c) { return c > ' ' && c < '\x7f'; };
  if (token == nullptr || token->empty() || token->size() > 8192 || !std::ranges::all_of(*token, for_header)) {
    return odd("it gives no token");
  }
  return *token;
}

EtcdRefusal read_etcd_refusal(long status, std::string_view reply) {
  const auto json = Json::parse(reply.begin(), reply.end(), nullptr, false);
  const auto text = [&json](const char* name) -> const std::string* {
    const auto found = json.find(name);
    return found == json.end() ? nullptr : found->get_ptr<const std::string*>();
  };
  const auto grpc_code = [&json]() -> const std::uint64_t* {
    const auto found = json.find("code");
    const auto* const value = found == json.end() ? nullptr : found->get_ptr<const Json::number_unsigned_t*>();
    return value != nullptr && *value <= last_grpc_code ? value : nullptr;
  };
  if (!json.is_object() || text("error") == nullptr || grpc_code() == nullptr) {
    // For some of its refusals the gateway gives plain text.
    const auto line = printable(reply.substr(0, reply.find_first_of("\r\n")));
    return {-1, fmt::format("HTTP status {}{}{}", status, line.empty() ? "" : ": ", line)};
  }
  return {static_cast<int>(*grpc_code()), printable(*text("error"))};
}

}  // namespace failover
