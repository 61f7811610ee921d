#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

#include "dns/rfc2136.hpp"

namespace failover {

namespace {

struct Scheme {
  std::string_view name;
  Result<DnsView> (*make)(std::string_view url, std::string_view service, std::string_view epoch_record);
};

Result<DnsView> make_rfc2136(std::string_view url, std::string_view service, std::string_view epoch_record) {
  return make_rfc2136_view(url, service, epoch_record, std::chrono::system_clock::now);
}

/// Every kind of updater there is.
constexpr std::array schemes{Scheme{"rfc2136", make_rfc2136}};

}  // namespace

Result<DnsView> make_dns_view(std::string_view url, std::string_view service, std::string_view epoch_record) {
  const auto wanted = url.substr(0, url.find("://"));
  std::string known;
  for (const auto& scheme : schemes) {
    if (wanted == scheme.name) return scheme.make(url, service, epoch_record);
    known += fmt::format("{}{}://", known.empty() ? "" : ", ", scheme.name);
  }
  return fail(ErrorKind::usage, fmt::format("'{}' is no DNS updater known here; known are {}", url, known));
}

}  // namespace failover
