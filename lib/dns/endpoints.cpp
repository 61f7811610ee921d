#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

bool is_address(const std::string& text) {
  in6_addr bytes{};
  return ::inet_pton(AF_INET, text.c_str(), &bytes) == 1 || ::inet_pton(AF_INET6, text.c_str(), &bytes) == 1;
}

Result<std::string> canonical_host(const std::string& text) {
  const auto name = FO_TRY(DnsName::from_text(text));
  return ascii_lower(name.to_text());
}

void sort_out(std::vector<std::string>& list) {
  std::ranges::sort(list);
  const auto repeated = std::ranges::unique(list);
  list.erase(repeated.begin(), repeated.end());
}

bool has_srv(const ServiceRecord& record) noexcept {
  return !record.targets.empty() && record.targets.front().srv.has_value();
}

}  // namespace

Result<std::vector<std::string>> canonical_endpoints(const std::vector<std::string>& endpoints) {
  const auto addresses = std::ranges::count_if(endpoints, is_address);
  if (static_cast<std::size_t>(addresses) == endpoints.size()) return canonical_addresses(endpoints);
  if (addresses != 0) {
    return fail(ErrorKind::usage,
                fmt::format("{} are addresses and host names; give one kind", fmt::join(endpoints, ", ")));
  }
  // A misspelt address ("192.0.2") would pass for a host name, but no host's last label is a number (RFC 1123).
  for (const auto& text : endpoints) {
    const auto name = text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
    const auto last = name.substr(name.find_last_of('.') + 1);
    if (last.find_first_not_of("0123456789") == std::string::npos || text.find(':') != std::string::npos) {
      return fail(ErrorKind::usage, fmt::format("'{}' is not an IPv4 or IPv6 address, nor a host name", text));
    }
  }
  std::vector<std::string> hosts;
  hosts.reserve(endpoints.size());
  for (const auto& text : endpoints) hosts.push_back(FO_TRY(canonical_host(text)));
  sort_out(hosts);
  return hosts;
}

std::vector<std::string> endpoints_of(const ServiceRecord& record) {
  if (record.targets.empty()) return record.addresses;
  std::vector<std::string> hosts;
  hosts.reserve(record.targets.size());
  for (const auto& target : record.targets) hosts.push_back(target.host);
  sort_out(hosts);
  return hosts;
}

bool is_at(const ServiceRecord& record, const std::vector<std::string>& endpoints) noexcept {
  if (endpoints.empty()) return false;
  if (record.targets.empty()) return std::ranges::is_permutation(record.addresses, endpoints);
  const auto named = [&](const std::string& host) {
    return std::ranges::any_of(record.targets, [&](const ServiceTarget& target) { return target.host == host; });
  };
  return std::ranges::all_of(endpoints, named) && (has_srv(record) || endpoints.size() == 1);
}

Result<ServiceRecord> moved(const ServiceRecord& record, const std::vector<std::string>& from,
                            const std::vector<std::string>& to) {
  auto result = record;
  if (record.targets.empty()) {
    result.addresses = FO_TRY(canonical_addresses(to));
    return result;
  }
  const auto what = has_srv(record) ? "its SRV records point" : "it is an alias (CNAME)";
  if (from.size() != 1 || to.size() != 1 || is_address(to.front())) {
    return fail(ErrorKind::refused,
                fmt::format("{} at {}: it is moved from one host name to another (--from HOST --to HOST), or name that "
                            "host as the service and move its addresses",
                            what, fmt::join(endpoints_of(record), ", ")));
  }
  if (has_srv(record) && is_at(record, from) && is_at(record, to)) {
    return fail(ErrorKind::refused, fmt::format("its SRV records name both {} and {}: callers choose between them "
                                                "by themselves; there is nothing to move",
                                                from.front(), to.front()));
  }
  for (auto& target : result.targets) {
    if (target.host == from.front()) target.host = to.front();
  }
  std::ranges::sort(result.targets);
  return result;
}

}  // namespace failover
