#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

#include "dns/apart.hpp"
#include "dns/clouddns.hpp"
#include "dns/cloudflare.hpp"
#include "dns/exec.hpp"
#include "dns/hosts.hpp"
#include "dns/observe.hpp"
#include "dns/powerdns.hpp"
#include "dns/rfc2136.hpp"
#include "dns/route53.hpp"

namespace failover {

namespace {

struct Scheme {
  std::string_view name;
  /// Without a service it is a view of the mark alone, without an epoch record one of the name alone.
  Result<DnsView> (*make)(std::string_view url, std::string_view service, std::string_view epoch_record);
};

Result<DnsView> make_rfc2136(std::string_view url, std::string_view service, std::string_view epoch_record) {
  return make_rfc2136_view(url, service, epoch_record, std::chrono::system_clock::now);
}

/// Every kind of updater there is.
constexpr std::array schemes{
    Scheme{"rfc2136", make_rfc2136},
    Scheme{"powerdns+https", make_powerdns_view},
    Scheme{"powerdns+http", make_powerdns_view},
    Scheme{"cloudflare", make_cloudflare_view},
    Scheme{"route53", make_route53_view},
    Scheme{"clouddns", make_clouddns_view},
    Scheme{"hosts", make_hosts_view},
    Scheme{"exec", make_exec_view},
    Scheme{"observe", make_observe_view},
};

Result<DnsView> make_by_scheme(std::string_view url, std::string_view service, std::string_view epoch_record) {
  const auto wanted = url.substr(0, url.find("://"));
  std::string known;
  for (const auto& scheme : schemes) {
    if (wanted == scheme.name) return scheme.make(url, service, epoch_record);
    known += fmt::format("{}{}://", known.empty() ? "" : ", ", scheme.name);
  }
  return fail(ErrorKind::usage, fmt::format("'{}' is no DNS updater known here; known are {}", url, known));
}

}  // namespace

Result<DnsView> make_dns_view(std::string_view url, std::string_view service, std::string_view epoch_record,
                              std::string_view epoch_dns) {
  if (epoch_dns.empty()) return make_by_scheme(url, service, epoch_record);
  auto name = FO_TRY(make_by_scheme(url, service, {}));
  auto mark = FO_TRY(while_doing("--epoch-dns", make_by_scheme(epoch_dns, {}, epoch_record)));
  return join_apart(std::move(name), std::move(mark));
}

}  // namespace failover
