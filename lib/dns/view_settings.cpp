#include "dns/view_settings.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/url.hpp"
#include "core/whole_number.hpp"
#include "dns/primary_server.hpp"
#include "dns/service_reading.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

/// Longer than any cache should keep an address that may have to move.
constexpr std::uint32_t max_ttl = 7U * 24 * 3600;

Result<std::uint32_t> parse_number(std::string_view key, std::string_view text, std::uint32_t largest) {
  const auto value = whole_number<std::uint32_t>(text).value_or(0);
  if (value == 0 || value > largest) {
    return fail(ErrorKind::usage, fmt::format("{}={} is not a number from 1 to {}", key, text, largest));
  }
  return value;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (true) {
    const auto comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

Result<HostPort> parse_place(const std::string& text, std::uint16_t default_port) {
  const auto url = FO_TRY(parse_url("dns://" + text));
  if (url.host.empty() || !url.user.empty() || !url.path.empty() || url.has_query) {
    return fail(ErrorKind::usage, fmt::format("'{}' is not ADDRESS or ADDRESS:PORT", text));
  }
  return HostPort{url.host, url.port.value_or(default_port)};
}

Result<void> take_own(ViewSettings& settings, const std::string& key, const std::string& value,
                      std::span<const std::string_view> own_keys) {
  if (std::ranges::find(own_keys, key) == own_keys.end()) {
    return fail(ErrorKind::usage, fmt::format("'{}' is no parameter of it; known are {}{}from, to, ttl, verify and "
                                              "ns-port",
                                              key, fmt::join(own_keys, ", "), own_keys.empty() ? "" : ", "));
  }
  if (value.empty()) return fail(ErrorKind::usage, fmt::format("{} needs a value", key));
  if (!settings.own.emplace(key, value).second) return fail(ErrorKind::usage, fmt::format("{} is given twice", key));
  return {};
}

Result<void> take_parameter(ViewSettings& settings, const std::string& key, const std::string& value,
                            std::vector<std::string>& verify, std::span<const std::string_view> own_keys) {
  if (key == "from" || key == "to") {
    auto& addresses = key == "from" ? settings.from : settings.to;
    for (auto& address : split(value)) addresses.push_back(std::move(address));
  } else if (key == "verify") {
    for (auto& place : split(value)) verify.push_back(std::move(place));
  } else if (key == "ttl") {
    if (settings.ttl) return fail(ErrorKind::usage, "ttl is given twice");
    settings.ttl = std::chrono::seconds(FO_TRY(parse_number(key, value, max_ttl)));
  } else if (key == "ns-port") {
    settings.ns_port =
        static_cast<std::uint16_t>(FO_TRY(parse_number(key, value, std::numeric_limits<std::uint16_t>::max())));
  } else {
    return take_own(settings, key, value, own_keys);
  }
  return {};
}

}  // namespace

std::string ViewSettings::get(std::string_view key) const {
  const auto found = own.find(key);
  return found == own.end() ? std::string() : found->second;
}

Result<ViewSettings> parse_view_settings(const Url& url, std::span<const std::string_view> own_keys) {
  ViewSettings settings;
  std::vector<std::string> verify;
  for (const auto& parameters = FO_TRY(url.parameters()); const auto& [key, value] : parameters) {
    FO_TRY(take_parameter(settings, key, value, verify, own_keys));
  }
  for (const auto& place : verify) settings.verify.push_back(FO_TRY(parse_place(place, settings.ns_port)));
  settings.from = FO_TRY(canonical_addresses(settings.from));
  settings.to = FO_TRY(canonical_addresses(settings.to));
  return settings;
}

Result<ServiceNames> service_names(std::string_view service, std::string_view epoch_record) {
  ServiceNames names;
  names.has_service = !service.empty();
  names.has_mark = !epoch_record.empty();
  if (names.has_service) names.service = FO_TRY(DnsName::from_text(service));
  if (names.has_mark) names.epoch_record = FO_TRY(DnsName::from_text(epoch_record));
  return names;
}

}  // namespace failover
