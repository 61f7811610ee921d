#include "dns/powerdns_json.hpp"

#include <algorithm>
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
#include "net/dns_name.hpp"

namespace failover {

namespace {

using Json = nlohmann::json;

std::unexpected<Error> not_powerdns() {
  return fail(ErrorKind::protocol, "the answer is not one of PowerDNS's API; is that the right host?");
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<void> take_records(RecordSet& set, const Json& rrset) {
  const auto records = rrset.find("records");
  if (records == rrset.end() || !records->is_array()) return not_powerdns();
  for (const auto& record : *records) {
    if (!record.is_object() || !record.contains("content") || !record["content"].is_string()) return not_powerdns();
    if (record.value("disabled", Json()) == Json(true)) {
      return fail(ErrorKind::config,
                  fmt::format("{} has a disabled {} record; remove it, or enable it", set.name.to_text(), set.type));
    }
    set.values.push_back(record["content"].get<std::string>());
  }
  return {};
}

Json head_of(const RecordSet& set) {
  return {{"name", set.name.to_text() + "."}, {"type", set.type}};
}

}  // namespace

Result<std::vector<RecordSet>> parse_powerdns_zone(std::string_view json, const DnsName& name) {
  const auto zone = Json::parse(json, nullptr, false);
  const auto rrsets = zone.is_object() ? zone.find("rrsets") : zone.end();
  if (!zone.is_object() || rrsets == zone.end() || !rrsets->is_array()) return not_powerdns();
  std::vector<RecordSet> sets;
  for (const auto& rrset : *rrsets) {
    if (!rrset.is_object()) return not_powerdns();
    const auto owner = DnsName::from_text(text_at(rrset, "name"));
    if (!owner || *owner != name) continue;
    RecordSet set{*owner, text_at(rrset, "type"), 0, {}};
    const auto ttl = rrset.find("ttl");
    if (set.type.empty() || ttl == rrset.end() || !ttl->is_number_unsigned()) return not_powerdns();
    set.ttl = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(ttl->get<std::uint64_t>(), std::numeric_limits<std::uint32_t>::max()));
    FO_TRY(take_records(set, rrset));
    if (!set.values.empty()) sets.push_back(std::move(set));
  }
  return sets;
}

std::string powerdns_patch(const RecordChange& change) {
  auto rrsets = Json::array();
  for (const auto& set : change.remove) {
    const auto comes = [&](const RecordSet& other) { return other.name == set.name && other.type == set.type; };
    if (std::ranges::any_of(change.add, comes)) continue;
    auto rrset = head_of(set);
    rrset["changetype"] = "DELETE";
    rrsets.push_back(std::move(rrset));
  }
  for (const auto& set : change.add) {
    auto rrset = head_of(set);
    rrset["changetype"] = "REPLACE";
    rrset["ttl"] = set.ttl;
    rrset["records"] = Json::array();
    for (const auto& value : set.values) rrset["records"].push_back({{"content", value}, {"disabled", false}});
    rrsets.push_back(std::move(rrset));
  }
  return Json{{"rrsets", std::move(rrsets)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ProviderComplaint powerdns_complaint(int status, std::string_view body) {
  ProviderComplaint complaint;
  const auto json = Json::parse(body, nullptr, false);
  if (json.is_object()) {
    complaint.text = text_at(json, "error");
  } else if (!body.contains('<')) {
    complaint.text = body.substr(0, body.find('\n'));
  }
  // 422: PowerDNS understood it and does not take it; nothing was done.
  if (status == 422) {
    complaint.kind = complaint.text.contains("out of zone") ? ErrorKind::conflict : ErrorKind::config;
  }
  return complaint;
}

}  // namespace failover
