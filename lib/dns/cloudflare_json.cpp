#include "dns/cloudflare_json.hpp"

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
#include "net/dns_name.hpp"

namespace failover {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_id = 64;
constexpr std::size_t most_servers = 32;

std::unexpected<Error> not_cloudflare() {
  return fail(ErrorKind::protocol, "the answer is not one of Cloudflare's API; is a proxy in between?");
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_id(const std::string& text) {
  return !text.empty() && text.size() <= longest_id &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 && c < 0x80; });
}

/// What is in "result" of an answer that says "success".
Result<Json> result_in(std::string_view text) {
  auto json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("success", Json()) != Json(true) || !json.contains("result")) {
    return not_cloudflare();
  }
  return json;
}

/// The one set of a type; records of one type come one by one.
RecordSet& set_of(std::vector<RecordSet>& sets, const DnsName& name, const std::string& type) {
  const auto found = std::ranges::find_if(sets, [&](const RecordSet& set) { return set.type == type; });
  if (found != sets.end()) return *found;
  sets.push_back({name, type, 0, {}, {}});
  return sets.back();
}

}  // namespace

Result<CloudflareZone> parse_cloudflare_zone(std::string_view json) {
  const auto answer = FO_TRY(result_in(json));
  const auto& result = answer["result"];
  if (result.is_array() && result.empty()) {
    return fail(ErrorKind::not_found, "Cloudflare knows no such zone, or the token may not see it");
  }
  if (result.is_array() && result.size() > 1) {
    return fail(ErrorKind::config, "there are several zones of that name; give the zone's identifier instead");
  }
  const auto& entry = result.is_array() ? result.front() : result;
  if (!entry.is_object()) return not_cloudflare();
  CloudflareZone found;
  found.id = text_at(entry, "id");
  auto name = DnsName::from_text(text_at(entry, "name"));
  if (!is_id(found.id) || !name || *name == DnsName()) return not_cloudflare();
  found.zone.name = std::move(*name);
  const auto servers = entry.find("name_servers");
  if (servers != entry.end() && servers->is_array()) {
    for (const auto& server : *servers) {
      if (server.is_string() && found.zone.servers.size() < most_servers) {
        found.zone.servers.push_back(server.get<std::string>());
      }
    }
  }
  return found;
}

Result<std::vector<RecordSet>> parse_cloudflare_records(std::string_view json, const DnsName& name) {
  const auto answer = FO_TRY(result_in(json));
  const auto& result = answer["result"];
  if (!result.is_array()) return not_cloudflare();
  const auto info = answer.find("result_info");
  if (info != answer.end() && info->is_object() && info->value("total_pages", Json(1)) > Json(1)) {
    return fail(ErrorKind::protocol, "more than a hundred records come where a few belong");
  }
  std::vector<RecordSet> sets;
  for (const auto& record : result) {
    if (!record.is_object()) return not_cloudflare();
    const auto owner = DnsName::from_text(text_at(record, "name"));
    if (!owner || *owner != name) continue;
    const auto type = text_at(record, "type");
    const auto id = text_at(record, "id");
    const auto ttl = record.find("ttl");
    if (type.empty() || !is_id(id) || ttl == record.end() || !ttl->is_number_unsigned()) return not_cloudflare();
    if (record.value("proxied", Json(false)) == Json(true)) {
      return fail(ErrorKind::config, fmt::format("{} is proxied by Cloudflare, which hides its addresses; set it to "
                                                 "\"DNS only\"",
                                                 name.to_text()));
    }
    auto& set = set_of(sets, *owner, type);
    const auto seconds = std::min<std::uint64_t>(ttl->get<std::uint64_t>(), std::numeric_limits<std::uint32_t>::max());
    // 1 is how Cloudflare writes "automatic", which is 300.
    set.ttl = seconds == 1 ? 300 : static_cast<std::uint32_t>(seconds);
    set.values.push_back(text_at(record, "content"));
    set.ids.push_back(id);
  }
  return sets;
}

std::string cloudflare_batch(const RecordChange& change) {
  Json batch{{"deletes", Json::array()}, {"posts", Json::array()}};
  for (const auto& set : change.remove) {
    for (const auto& id : set.ids) batch["deletes"].push_back({{"id", id}});
  }
  for (const auto& set : change.add) {
    for (const auto& value : set.values) {
      batch["posts"].push_back(
          {{"name", set.name.to_text()}, {"type", set.type}, {"content", value}, {"ttl", set.ttl}, {"proxied", false}});
    }
  }
  return batch.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ProviderComplaint cloudflare_complaint(int /*status*/, std::string_view body) {
  ProviderComplaint complaint;
  const auto json = Json::parse(body, nullptr, false);
  const auto errors = json.is_object() ? json.find("errors") : json.end();
  if (!json.is_object() || errors == json.end() || !errors->is_array() || errors->empty()) return complaint;
  const auto& first = errors->front();
  if (!first.is_object()) return complaint;
  const auto number = first.find("code");
  const auto code = number != first.end() && number->is_number_unsigned() ? number->get<std::uint64_t>() : 0;
  complaint.text = fmt::format("{} {}", code, text_at(first, "message"));
  switch (code) {
    case 6003:   // invalid request headers: a token that is none
    case 9109:   // invalid access token, or not for this zone
    case 10000:  // authentication error
      complaint.kind = ErrorKind::permission;
      break;
    case 7003:  // no such zone
      complaint.kind = ErrorKind::not_found;
      break;
    case 81044:  // what shall go is not there
    case 81053:  // an A, AAAA or CNAME of that name is there already
    case 81057:  // the record is there already
    case 81058:  // an identical record is there already
      complaint.kind = ErrorKind::conflict;
      break;
    case 971:  // consider throttling
      complaint.try_later = true;
      break;
    default:
      break;
  }
  return complaint;
}

}  // namespace failover
