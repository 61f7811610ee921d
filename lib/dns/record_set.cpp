#include "dns/record_set.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/service_reading.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

/// More addresses than this are no PBX.
constexpr std::size_t max_addresses = 64;

struct Place {
  DnsName name;
  std::string_view type;
};

std::vector<Place> places_of(const ServiceNames& names) {
  std::vector<Place> places;
  if (names.has_service) places = {Place{names.service, "A"}, Place{names.service, "AAAA"}};
  if (names.has_mark) places.push_back(Place{names.epoch_record, "TXT"});
  return places;
}

Result<void> refuse_alias(const RecordSet& set) {
  if (set.type != "CNAME") return {};
  return fail(ErrorKind::refused,
              fmt::format("{} is an alias (CNAME) for {}; only names with addresses of their own can be moved",
                          set.name.to_text(), set.values.empty() ? "?" : set.values.front()));
}

Result<void> take_mark(ServiceRecord& service, const RecordSet& set) {
  if (service.mark || set.values.size() != 1) {
    return fail(ErrorKind::protocol, fmt::format("{} holds more than the one text of an epoch mark; "
                                                 "choose another name for it with --epoch-record",
                                                 set.name.to_text()));
  }
  const auto work = "TXT of " + set.name.to_text();
  const auto text = FO_TRY(while_doing(work, txt_content(set.values.front())));
  service.mark = FO_TRY(while_doing(work, parse_epoch_mark(text)));
  return {};
}

/// The values that `to` wants at a place.
std::vector<std::string> wanted_at(const Place& place, const ServiceRecord& to) {
  if (place.type == "TXT") {
    return to.mark ? std::vector{quoted_txt(to_txt(*to.mark))} : std::vector<std::string>{};
  }
  std::vector<std::string> values;
  for (const auto& address : to.addresses) {
    if (address.contains(':') == (place.type == "AAAA")) values.push_back(address);
  }
  return values;
}

/// Whether a set says these values, however the provider spells them.
bool says(const RecordSet& set, const std::vector<std::string>& values) {
  if (set.type == "TXT") {
    if (set.values.size() != 1 || values.size() != 1) return false;
    const auto is = txt_content(set.values.front());
    const auto wanted = txt_content(values.front());
    return is && wanted && *is == *wanted;
  }
  const auto is = canonical_addresses(set.values);
  return is && std::ranges::is_permutation(*is, values);
}

}  // namespace

Result<ServiceRecord> service_in(const std::vector<RecordSet>& sets, const ServiceNames& names) {
  ServiceRecord service;
  for (const auto& set : sets) {
    const bool here = names.has_service && set.name == names.service;
    const bool marks = names.has_mark && set.name == names.epoch_record;
    if (here || marks) FO_TRY(refuse_alias(set));
    if (here && (set.type == "A" || set.type == "AAAA")) {
      for (const auto& value : set.values) service.addresses.push_back(value);
      service.ttl = std::max(service.ttl, std::chrono::seconds(set.ttl));
    }
    if (marks && set.type == "TXT") FO_TRY(take_mark(service, set));
  }
  if (service.addresses.size() > max_addresses) {
    return fail(ErrorKind::protocol,
                fmt::format("{} has more than {} addresses", names.service.to_text(), max_addresses));
  }
  auto addresses = canonical_addresses(service.addresses);
  if (!addresses) return fail(ErrorKind::protocol, addresses.error().message);
  service.addresses = std::move(*addresses);
  return service;
}

Result<RecordChange> change_to(const std::vector<RecordSet>& sets, const ServiceNames& names, const ServiceRecord& to,
                               std::chrono::seconds ttl) {
  const auto seconds = static_cast<std::uint32_t>((to.ttl.count() != 0 ? to.ttl : ttl).count());
  RecordChange change;
  for (const auto& place : places_of(names)) {
    const auto values = wanted_at(place, to);
    std::vector<RecordSet> old;
    const auto here = [&](const RecordSet& set) { return set.name == place.name && set.type == place.type; };
    std::ranges::copy_if(sets, std::back_inserter(old), here);
    const bool there = old.size() == 1 && old.front().ttl == seconds && says(old.front(), values);
    if (!there) std::ranges::move(old, std::back_inserter(change.remove));
    if (!there && !values.empty()) change.add.push_back({place.name, std::string(place.type), seconds, values});
  }
  return change;
}

Result<std::string> txt_content(std::string_view value) {
  if (!value.starts_with('"')) return std::string(value);
  std::string content;
  for (std::size_t i = 1; i < value.size(); ++i) {
    char c = value[i];
    if (c == '"' && i + 1 == value.size()) return content;
    if (c == '"') break;
    if (c == '\\') {
      if (++i == value.size()) break;
      c = value[i];
      // Bytes by number never stand in a mark.
      if (c >= '0' && c <= '9') break;
    }
    content += c;
  }
  return fail(ErrorKind::protocol, fmt::format("{} is not one text in quotes", value.substr(0, 300)));
}

std::string quoted_txt(std::string_view content) {
  std::string text = "\"";
  for (const char c : content) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace failover
