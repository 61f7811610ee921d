#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "net/etcd_message.hpp"

using failover::EtcdAct;
using failover::EtcdEntries;
using failover::EtcdHeader;
using failover::EtcdLeaseLife;
using failover::Result;
using failover::test::must;
using Json = nlohmann::json;

namespace {

/// Ages are counted in nanoseconds: whatever is added to one of these still fits.
constexpr std::chrono::seconds longest{10LL * 365 * 24 * 3600};

/// The member of that name, if it says more than 0 or nothing.
bool says(const Json& object, const char* name) {
  if (!object.is_object() || !object.contains(name) || !object[name].is_string()) return false;
  const auto text = object[name].get<std::string>();
  return text.find_first_of("123456789") != std::string::npos && !text.starts_with('-');
}

const Json& child(const Json& object, const char* name) {
  static const Json none;
  return object.is_object() && object.contains(name) ? object[name] : none;
}

void check_header(const EtcdHeader& header, const Json& json) {
  must(header.revision >= 1 && header.term >= 1, "a header tells revision and term");
  must(says(child(json, "header"), "revision") && says(child(json, "header"), "raft_term"), "it is in the reply");
}

void check_entries(const EtcdEntries& found, const Json& json) {
  must(json.is_object(), "entries come out of an object");
  for (const auto& entry : found.entries) {
    must(!entry.key.empty() && entry.create_revision >= 1 && entry.mod_revision >= entry.create_revision,
         "an entry has a key and revisions");
    must(entry.lease != "0" && entry.lease != "-0", "no lease is an empty one");
  }
  must(found.more == (child(json, "more") == true), "more is what it says");
  if (!found.entries.empty() || found.more) return;
  must(!says(json, "count"), "what is counted is not read as free");
  must(child(json, "kvs").is_null() || child(json, "kvs").empty(), "what is there is not read as free");
}

void check_outcome(std::string_view reply, const Json& json) {
  const failover::EtcdTransaction transaction{
      .compares = {},
      .success = {{.what = EtcdAct::What::put, .keys = {}, .value = {}, .lease = {}}},
      .failure = {{.what = EtcdAct::What::range, .keys = {}, .value = {}, .lease = {}},
                  {.what = EtcdAct::What::remove, .keys = {}, .value = {}, .lease = {}}}};
  const auto outcome = read_etcd_outcome(reply, transaction);
  if (!outcome) return;
  check_header(outcome->header, json);
  must(outcome->succeeded == (child(json, "succeeded") == true), "it succeeded only if it says so");
  const auto& responses = child(json, "responses");
  must(outcome->found.size() == responses.size() && responses.size() == (outcome->succeeded ? 1U : 2U),
       "every act is answered");
  if (outcome->succeeded) {
    must(child(responses[0], "response_put").is_object(), "what was put is said to be put");
  } else {
    check_entries(outcome->found[0], child(responses[0], "response_range"));
    must(child(responses[1], "response_delete_range").is_object(), "what was removed is said to be removed");
  }
}

void check_life(const Result<std::optional<EtcdLeaseLife>>& life, const Json& json, const char* granted) {
  if (!life) return;
  must(says(child(json, "header"), "revision"), "a lease is gone only by an answer of the store");
  must(life->has_value() == says(json, "TTL"), "a lease has time left if it says so, and is gone only if it does not");
  if (!*life) return;
  must(says(json, granted), "what lives was granted");
  check_header((*life)->header, json);
  must((*life)->remaining.count() > 0 && (*life)->remaining <= (*life)->granted, "not more time than was granted");
  must((*life)->granted <= longest, "no time that cannot be reckoned with");
}

void check_lease(std::string_view reply, const Json& json) {
  const auto lease = failover::read_etcd_grant(reply);
  if (lease) {
    check_header(lease->header, json);
    must(says(json, "TTL") && lease->lifetime.count() > 0 && lease->lifetime <= longest, "a lease has a time");
    must(child(json, "ID").is_string() && !lease->id.empty() && lease->id != "0", "a lease has an id");
  }
  check_life(failover::read_etcd_keepalive(reply), child(json, "result"), "TTL");
  check_life(failover::read_etcd_lease_life(reply), json, "grantedTTL");
}

bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void check_rest(std::string_view reply, const Json& json) {
  if (const auto header = failover::read_etcd_header(reply)) check_header(*header, json);
  if (const auto token = failover::read_etcd_token(reply)) {
    must(child(json, "token") == *token && !token->empty(), "a token is what it says");
    must(printable(*token) && !token->contains(' '), "a token goes into a header");
  }
  const auto refusal = failover::read_etcd_refusal(503, reply);
  must(printable(refusal.message) && refusal.message.size() < 300, "a refusal is a line");
  const bool stated = child(json, "error").is_string() && child(json, "code").is_number_unsigned() &&
                      child(json, "code").get<std::uint64_t>() <= 16;
  must(stated == (refusal.code >= 0) && refusal.code >= -1, "a code is one that the reply holds");
  if (stated) must(child(json, "code") == refusal.code, "it is that one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto reply = failover::test::as_text(data, size);
  const auto json = Json::parse(reply.begin(), reply.end(), nullptr, false);
  if (const auto range = failover::read_etcd_range(reply)) {
    check_header(range->header, json);
    check_entries(*range, json);
  }
  check_outcome(reply, json);
  check_lease(reply, json);
  check_rest(reply, json);
  return 0;
}
