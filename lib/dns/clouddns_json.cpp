#include "dns/clouddns_json.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "dns/provider_client.hpp"
#include "dns/record_set.hpp"
#include "dns/zone_api.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_id = 64;
constexpr std::size_t most_servers = 32;

std::unexpected<Error> not_clouddns() {
  return fail(ErrorKind::protocol, "the answer is not one of Cloud DNS; is a proxy in between?");
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// False: something else than texts.
bool take_texts(const Json& object, const char* key, std::size_t most, std::vector<std::string>& texts) {
  const auto found = object.find(key);
  if (found == object.end()) return true;
  if (!found->is_array() || found->size() > most) return false;
  for (const auto& text : *found) {
    if (!text.is_string()) return false;
    texts.push_back(text.get<std::string>());
  }
  return true;
}

Json sets_of(const std::vector<RecordSet>& sets) {
  auto list = Json::array();
  for (const auto& set : sets) {
    list.push_back({{"name", set.name.to_text() + "."}, {"type", set.type}, {"ttl", set.ttl}, {"rrdatas", set.values}});
  }
  return list;
}

}  // namespace

Result<ProviderZone> parse_clouddns_zone(std::string_view json) {
  const auto answer = Json::parse(json, nullptr, false);
  if (!answer.is_object()) return not_clouddns();
  const auto name = text_at(answer, "dnsName");
  const auto read = DnsName::from_text(name);
  ProviderZone zone;
  if (name.empty() || !read || *read == DnsName() || !take_texts(answer, "nameServers", most_servers, zone.servers)) {
    return not_clouddns();
  }
  zone.name = *read;
  return zone;
}

Result<std::vector<RecordSet>> parse_clouddns_sets(std::string_view json, const DnsName& name) {
  constexpr std::size_t most_values = 100;
  const auto answer = Json::parse(json, nullptr, false);
  // Without any set the member may be missing, but not what says which kind of answer it is.
  if (!answer.is_object() || (!answer.contains("rrsets") && !answer.contains("kind"))) return not_clouddns();
  if (!text_at(answer, "nextPageToken").empty()) {
    return fail(ErrorKind::protocol, "more than a hundred record sets come where a few belong");
  }
  std::vector<RecordSet> sets;
  const auto rrsets = answer.value("rrsets", Json::array());
  if (!rrsets.is_array()) return not_clouddns();
  for (const auto& rrset : rrsets) {
    if (!rrset.is_object()) return not_clouddns();
    const auto owner = DnsName::from_text(text_at(rrset, "name"));
    if (!owner || *owner != name) continue;
    RecordSet set{*owner, text_at(rrset, "type"), 0, {}};
    if (rrset.contains("routingPolicy")) {
      return fail(ErrorKind::config, fmt::format("the {} of {} has a routing policy; only simple records can be moved",
                                                 set.type, name.to_text()));
    }
    const auto ttl = rrset.find("ttl");
    if (set.type.empty() || ttl == rrset.end() || !ttl->is_number_unsigned() ||
        !take_texts(rrset, "rrdatas", most_values, set.values) || set.values.empty()) {
      return not_clouddns();
    }
    set.ttl = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(ttl->get<std::uint64_t>(), std::numeric_limits<std::uint32_t>::max()));
    sets.push_back(std::move(set));
  }
  return sets;
}

Result<ClouddnsChange> parse_clouddns_change(std::string_view json) {
  const auto answer = Json::parse(json, nullptr, false);
  if (!answer.is_object()) return not_clouddns();
  ClouddnsChange change{text_at(answer, "id"), false};
  const auto status = text_at(answer, "status");
  const bool named = !change.id.empty() && change.id.size() <= longest_id &&
                     std::ranges::all_of(change.id, [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; });
  if (!named || (status != "pending" && status != "done")) return not_clouddns();
  change.done = status == "done";
  return change;
}

std::string clouddns_change(const RecordChange& change) {
  const Json body{{"additions", sets_of(change.add)}, {"deletions", sets_of(change.remove)}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ProviderComplaint clouddns_complaint(int status, std::string_view body) {
  ProviderComplaint complaint;
  const auto json = Json::parse(body, nullptr, false);
  const auto error = json.is_object() ? json.find("error") : json.end();
  if (!json.is_object() || error == json.end() || !error->is_object()) return complaint;
  complaint.text = text_at(*error, "message");
  std::string reason;
  const auto errors = error->find("errors");
  if (errors != error->end() && errors->is_array() && !errors->empty() && errors->front().is_object()) {
    reason = text_at(errors->front(), "reason");
  }
  // 404 is also said of a record that shall be deleted and is not there.
  if (status == 404 && complaint.text.contains("entity.change")) complaint.kind = ErrorKind::conflict;
  complaint.try_later = status == 403 && (reason == "rateLimitExceeded" || reason == "userRateLimitExceeded" ||
                                          reason == "quotaExceeded");
  return complaint;
}

}  // namespace failover
